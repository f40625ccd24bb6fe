import { expect, test } from 'vitest';
import { CloudFrontEmulator, CloudflareStreamEmulator, S3Emulator } from '../index.ts';
import { MAX_KEPT_REQUESTS } from './keep-request.ts';

// Nothing listens there: the answers are refusals.
const origin = {
  ...{ endpoint: 'http://127.0.0.1:9', bucket: 'films', region: 'eu-central-1' },
  ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
};

test.each([
  ['S3', () => S3Emulator.start()],
  ['Cloudflare Stream', () => CloudflareStreamEmulator.start()],
  ['CloudFront', () => CloudFrontEmulator.start({ origin, publicKeys: {} })],
])('the emulator of %s keeps its last 10 000 requests, oldest first', async (_name, start) => {
  const emulator = await start();
  try {
    const address = 'apiOrigin' in emulator ? emulator.apiOrigin : emulator.endpoint;
    const lines = Array.from({ length: MAX_KEPT_REQUESTS - 1 }, (_, index) => `earlier ${index}`);
    emulator.requests.push(...lines);
    for (const path of ['first', 'second']) await (await fetch(`${address}/${path}`)).arrayBuffer();
    expect(emulator.requests).toHaveLength(MAX_KEPT_REQUESTS);
    expect([emulator.requests[0], ...emulator.requests.slice(-2)]).toEqual(['earlier 1', 'GET /first', 'GET /second']);
  } finally {
    await emulator.stop();
  }
});
