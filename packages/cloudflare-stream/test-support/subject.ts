import { type Playback, RateLimiter, RetryHandler } from '@videostorage/core';
import {
  CloudflareStreamEmulator,
  type CloudflareStreamEmulatorOptions,
  type EmulatorFault,
} from '@videostorage/emulators';
import { type Fault, ManualClock, type PlayedAnswer, type StorageSubject } from '@videostorage/testing';
import type { CloudflareStreamOptions } from '../src/cloudflare-stream-options.ts';
import { CloudflareStreamStorage } from '../src/cloudflare-stream-storage.ts';
import { nextKeyPair } from './signing-keys.ts';

/** Signs the references of all subjects. */
export const REFERENCE_SECRET: string = 'canary-of-the-stream-storage-0123456789abc';

/** A subject, with members that only the tests of this package need. */
export interface EmulatedSubject extends StorageSubject {
  readonly storage: CloudflareStreamStorage;
  readonly clock: ManualClock;
  readonly emulator: CloudflareStreamEmulator;
  /** The same account under other settings. */
  with(overrides: Partial<CloudflareStreamOptions>): { readonly storage: CloudflareStreamStorage };
}

/** Stream, emulated, with one manual clock, and a signing key of the account. */
export async function createEmulatedSubject(
  overrides: Partial<CloudflareStreamOptions> = {},
  emulated: CloudflareStreamEmulatorOptions = {},
): Promise<EmulatedSubject> {
  const clock = new ManualClock();
  const emulator = await CloudflareStreamEmulator.start({
    clock,
    makeKeyPair: nextKeyPair,
    useFfmpeg: false,
    ...emulated,
  });
  const common = {
    clock,
    accountId: emulator.accountId,
    apiToken: emulator.apiToken,
    apiOrigin: emulator.apiOrigin,
    playbackOrigin: emulator.playbackOrigin,
    referenceSecrets: [REFERENCE_SECRET],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
    webhookSecrets: [emulator.webhookSecret],
    ...overrides,
  };
  const key = await new CloudflareStreamStorage(common).signingKeys.create();
  const storage = new CloudflareStreamStorage({ signingKeys: [key], ...common });
  return {
    storage,
    clock,
    emulator,
    with: (other) => ({ storage: new CloudflareStreamStorage({ signingKeys: [key], ...common, ...other }) }),
    secrets: [REFERENCE_SECRET, emulator.apiToken, new TextDecoder().decode(key.jwk.reveal())],
    play,
    failNext: (fault) => {
      const matches = (request: { readonly url?: string | undefined }) =>
        request.url?.startsWith('/client/v4/') === true;
      emulator.failNext(toEmulatorFault(fault), { matches });
    },
    settle: () => emulator.finishProcessing(),
    notify: async (videoId) => emulator.notify(videoId),
    dispose: () => emulator.stop(),
  };
}

/** Reads the manifest, a rendition's manifest, and the first bytes that it names. */
async function play(playback: Playback): Promise<PlayedAnswer> {
  let url = playback.sources.find((source) => source.kind === 'hls')?.url ?? playback.url;
  for (let step = 0; step < 4; step++) {
    const response = await fetch(url);
    const { status, headers } = response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes.subarray(0, 7));
    if (status !== 200 || text !== '#EXTM3U') return { status, headers, bytes };
    const lines = new TextDecoder().decode(bytes).split('\n');
    const next = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
    if (next === undefined) return { status, headers, bytes };
    url = new URL(next.trim(), url).href;
  }
  return { status: 200, bytes: new Uint8Array() };
}

function toEmulatorFault(fault: Fault): EmulatorFault {
  switch (fault) {
    case 'server-error':
      return { kind: 'status', status: 503 };
    case 'throttled':
      // `Retry-After` marks a rate limit; a creation's 429 without it means that the account is full.
      return { kind: 'status', status: 429, retryAfterSeconds: 0 };
    case 'reset':
      return { kind: 'reset', when: 'after-effect' };
    case 'hang':
      return { kind: 'hang' };
    case 'bad-response':
      return { kind: 'html' };
    case 'not-found-once':
      return { kind: 'status', status: 404 };
  }
}
