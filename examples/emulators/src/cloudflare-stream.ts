import { randomBytes } from 'node:crypto';
import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import type { EmulatedStorage } from './emulated-storage.ts';

/** An account of Cloudflare Stream on this computer, and the storage over it. */
export async function startCloudflareStream(): Promise<EmulatedStorage> {
  const emulator = await CloudflareStreamEmulator.start();
  const { accountId, apiToken, apiOrigin, playbackOrigin, webhookSecret } = emulator;
  const options = {
    accountId,
    apiToken,
    // The real service has different hosts for the API and for players; here both have one origin.
    apiOrigin,
    playbackOrigin,
    webhookSecrets: [webhookSecret],
    referenceSecrets: [randomBytes(32).toString('base64url')],
  };

  // Playback is signed with a key of the account, which is created once and kept with your secrets.
  const { id, jwk } = await emulator.createSigningKey();
  const storage = new CloudflareStreamStorage({ ...options, signingKeys: [{ id, jwk }] });
  return {
    storage,
    finishProcessing: () => emulator.finishProcessing(),
    stop: () => emulator.stop(),
  };
}
