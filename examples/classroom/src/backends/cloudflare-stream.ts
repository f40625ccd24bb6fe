import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import type { Backend, BackendSettings } from './backend.ts';
import { accountFrom } from './environment.ts';

const STREAM_ORIGINS = ['https://*.cloudflarestream.com', 'https://*.videodelivery.net'];

/**
 * The real service when `CLASSROOM_CLOUDFLARE_ACCOUNT_ID` and `CLASSROOM_CLOUDFLARE_API_TOKEN` are set, otherwise the
 * emulator on this computer.
 */
export async function cloudflareStreamBackend(settings: BackendSettings): Promise<Backend> {
  const { referenceSecret, validator, rateLimiter } = settings;
  const common = { referenceSecrets: [referenceSecret], validator, rateLimiter };
  const account = accountFrom(['CLASSROOM_CLOUDFLARE_ACCOUNT_ID', 'CLASSROOM_CLOUDFLARE_API_TOKEN']);
  if (account !== undefined) {
    const storage = new CloudflareStreamStorage({
      ...common,
      accountId: account.CLASSROOM_CLOUDFLARE_ACCOUNT_ID,
      apiToken: account.CLASSROOM_CLOUDFLARE_API_TOKEN,
    });
    // Checks the token now, so that a wrong one is an error at the start, not at the first student's upload.
    await storage.listVideos({ limit: 1 });
    const storedAt = 'Videos are kept in your account of Cloudflare Stream.';
    const origins = { browserOrigins: STREAM_ORIGINS, scriptOrigins: ['https://embed.cloudflarestream.com'] };
    return { storage, storedAt, ...origins, isEmulated: false, close: async () => {} };
  }
  const { uploadProxy } = settings;
  const emulator = await CloudflareStreamEmulator.start({
    uploadOrigin: uploadProxy?.origin,
    // What the service keeps of an interrupted chunk is not documented: it may be nothing.
    keepsInterruptedChunks: false,
  });
  uploadProxy?.leadTo(Number(new URL(emulator.apiOrigin).port));
  const { apiOrigin, playbackOrigin, apiToken } = emulator;
  const options = { ...common, accountId: emulator.accountId, apiToken, apiOrigin, playbackOrigin };
  const { signingKeys, webhooks } = new CloudflareStreamStorage(options);
  const key = await signingKeys.create();
  const { secret } = await webhooks.subscribe(`${settings.publicUrl}/api/video/webhooks/cloudflare-stream`);
  return {
    storage: new CloudflareStreamStorage({ ...options, signingKeys: [key], webhookSecrets: [secret] }),
    isEmulated: true,
    storedAt: 'Videos are kept in an emulator of Cloudflare Stream, and are lost when the classroom stops.',
    browserOrigins: [playbackOrigin, ...(uploadProxy === undefined ? [] : [uploadProxy.origin])],
    scriptOrigins: [playbackOrigin],
    embedScriptUrl: `${playbackOrigin}/embed/sdk.latest.js`,
    close: () => emulator.stop(),
  };
}
