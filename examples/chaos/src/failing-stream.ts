import { randomBytes } from 'node:crypto';
import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { RateLimiter } from '@videostorage/core';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import { type FailingProvider, letFail } from './failing-provider.ts';
import { patientRetries } from './patient-retries.ts';
import { ShiftedClock } from './shifted-clock.ts';

/** Cloudflare Stream, emulated, with room for many short videos. */
export async function startFailingStream(faultShare: number, random: () => number): Promise<FailingProvider> {
  const clock = new ShiftedClock();
  const emulator = await CloudflareStreamEmulator.start({
    clock,
    // Hours of uploads run in minutes, so the account's limits on requests and on 120 videos encoding at once are raised.
    rateLimit: { requests: 10_000_000 },
    processing: { queuedMs: 0, encodingMs: 0, completingMs: 0 },
  });
  const { accountId, apiToken, apiOrigin, playbackOrigin } = emulator;
  const { requests, heal } = letFail(emulator, {
    faultShare,
    random,
    isHostRequest: ({ url = '' }) => url.startsWith('/client/v4/'),
    isLookUp: ({ method, url = '' }) => method === 'GET' && url.includes('creator='),
  });
  const storage = new CloudflareStreamStorage({
    ...{ clock, accountId, apiToken, apiOrigin, playbackOrigin },
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: patientRetries(),
    referenceSecrets: [randomBytes(32).toString('base64url')],
  });
  return {
    ...{ storage, clock, requests, heal },
    finishProcessing: () => emulator.finishProcessing(),
    countBeside: async (videoIds) => {
      const url = `${apiOrigin}/client/v4/accounts/${accountId}/stream?limit=1&include_counts=true`;
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${apiToken}` } });
      const { total }: { readonly total: string } = JSON.parse(await answer.text());
      // A known video that is gone is counted as lost elsewhere.
      return Math.max(0, Number(total) - videoIds.size);
    },
    stop: () => emulator.stop(),
  };
}
