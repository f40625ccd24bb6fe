import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { CloudflareStreamEmulator } from '@videostorage/testing/emulators';
import type { Backend, BackendSettings } from './backend.ts';

const STREAM_ORIGINS = ['https://*.cloudflarestream.com', 'https://*.videodelivery.net'];

/** The real service when `CLASSROOM_CLOUDFLARE_ACCOUNT_ID` and its companions are set, else the emulator on this computer. */
export async function cloudflareStreamBackend(settings: BackendSettings): Promise<Backend> {
  const { referenceSecret, validator, rateLimiter } = settings;
  const common = { referenceSecrets: [referenceSecret], validator, rateLimiter };
  const accountId = process.env['CLASSROOM_CLOUDFLARE_ACCOUNT_ID'];
  if (accountId !== undefined) {
    const apiToken = process.env['CLASSROOM_CLOUDFLARE_API_TOKEN'] ?? '';
    const storage = new CloudflareStreamStorage({ ...common, accountId, apiToken });
    return { storage, browserOrigins: STREAM_ORIGINS, close: async () => {} };
  }
  const emulator = await CloudflareStreamEmulator.start();
  const { apiOrigin, playbackOrigin, apiToken } = emulator;
  const options = { ...common, accountId: emulator.accountId, apiToken, apiOrigin, playbackOrigin };
  const key = await new CloudflareStreamStorage(options).signingKeys.create();
  return {
    storage: new CloudflareStreamStorage({ ...options, signingKeys: [key] }),
    browserOrigins: [playbackOrigin],
    close: () => emulator.stop(),
  };
}
