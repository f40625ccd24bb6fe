import type { EmulatorCommand } from '../shared/run-emulator-command.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

/** `videostorage-cloudflare-stream-emulator`. */
export const streamCommand: EmulatorCommand = {
  start: async (port, flags) => {
    const emulator = await CloudflareStreamEmulator.start({
      port,
      ...flags.text('account-id', 'accountId'),
      ...flags.text('api-token', 'apiToken'),
      ...flags.text('customer-code', 'customerCode'),
      ...flags.text('upload-origin', 'uploadOrigin'),
      useFfmpeg: !flags.has('without-ffmpeg'),
    });
    const { apiOrigin, playbackOrigin, accountId, apiToken, customerCode } = emulator;
    return { facts: { apiOrigin, playbackOrigin, accountId, apiToken, customerCode }, stop: () => emulator.stop() };
  },
  flags: {
    'account-id': { type: 'string' },
    'api-token': { type: 'string' },
    'customer-code': { type: 'string' },
    'upload-origin': { type: 'string' },
    'without-ffmpeg': { type: 'boolean' },
  },
};
