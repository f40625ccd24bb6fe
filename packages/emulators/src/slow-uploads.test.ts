import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server } from 'node:http';
import { expect, test } from 'vitest';
import { CloudflareStreamEmulator } from './cloudflare-stream/cloudflare-stream-emulator.ts';
import { S3Emulator } from './s3/s3-emulator.ts';

/** The diagnostics channel on which Node publishes every request. */
const CHANNEL = 'http.server.request.start';

/** How long an emulator's server lets a request take; 0: without a limit. */
async function requestTimeoutOf(origin: string): Promise<number | undefined> {
  let found: number | undefined;
  const watch = (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    const server: unknown = Reflect.get(message, 'server');
    if (server instanceof Server) found = server.requestTimeout;
  };
  subscribe(CHANNEL, watch);
  try {
    await fetch(origin);
  } finally {
    unsubscribe(CHANNEL, watch);
  }
  return found;
}

test('no emulator ends an upload because it takes long', async () => {
  const [s3, stream] = [await S3Emulator.start(), await CloudflareStreamEmulator.start({ useFfmpeg: false })];
  try {
    for (const origin of [s3.endpoint, stream.apiOrigin]) expect(await requestTimeoutOf(origin)).toBe(0);
  } finally {
    for (const each of [s3, stream]) await each.stop();
  }
});
