import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import type { EmulatorFault } from '../shared/fault-script.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start();
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

const FAULTS: readonly (readonly [string, EmulatorFault, boolean])[] = [
  ['a reset before the effect', { kind: 'reset', when: 'before-effect' }, false],
  ['a reset after the effect', { kind: 'reset', when: 'after-effect' }, true],
  ['a cut answer', { kind: 'truncated' }, true],
  ['a 502 with a page', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, false],
  ['an empty 500', { kind: 'status', status: 500 }, false],
  ['a page with status 200', { kind: 'html' }, false],
  ['a delay', { kind: 'slow', delayMs: 1 }, true],
];

test.each(FAULTS)('%s at a creation', async (_name, fault, hasEffect) => {
  emulator.failNext(fault, { matches: ({ url = '' }) => url.endsWith('/direct_upload') });
  const outcome = await client
    .api('POST', '/direct_upload', { maxDurationSeconds: 60 })
    .catch((error: unknown) => error);
  const isFine = fault.kind === 'slow';
  expect(typeof outcome === 'object' && outcome !== null && 'status' in outcome && outcome.status === 200).toBe(isFine);
  expect(Object.keys((await client.api('GET', '')).body.result)).toHaveLength(hasEffect ? 1 : 0);
});

test.each(FAULTS)('%s at a basic upload', async (_name, fault, hasEffect) => {
  const { uploadURL, uid } = await client.createUpload();
  emulator.failNext(fault);
  await client.send(uploadURL, new Blob([await fixtures.moovFirst.read()])).catch((error: unknown) => error);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({ readyToStream: hasEffect });
});

test.each(FAULTS)('%s at the last part of a tus upload', async (_name, fault, hasEffect) => {
  const bytes = await fixtures.moovFirst.read();
  const created = await client.createTus(bytes.length);
  const location = String(created.headers.get('location'));
  emulator.failNext(fault, { matches: ({ method }) => method === 'PATCH' });
  const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
  await fetch(location, { method: 'PATCH', headers, body: bytes }).catch((error: unknown) => error);
  const head = await fetch(location, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  expect(head.headers.get('upload-offset')).toBe(String(hasEffect ? bytes.length : 0));
});

test('a fault happens as often as scripted, to the matching requests, in order', async () => {
  emulator.failNext(
    { kind: 'status', status: 503, retryAfterSeconds: 7 },
    { times: 2, matches: ({ method }) => method === 'POST' },
  );
  emulator.failNext({
    kind: 'status',
    status: 200,
    body: '{"success":false,"result":null,"errors":[{"code":1}],"messages":null}',
  });
  const odd = await client.api('GET', '');
  expect([odd.status, odd.body.success]).toEqual([200, false]);
  const refused = await client.api('POST', '/keys');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '7']);
  expect([(await client.api('GET', '')).status, (await client.api('POST', '/keys')).status]).toEqual([200, 503]);
  expect((await client.api('POST', '/keys')).status).toBe(200);
});

test('a call that hangs ends when its caller disconnects or the emulator stops; playback can fail too', async () => {
  const uid = await emulator.addVideo(await fixtures.moovFirst.read());
  emulator.failNext({ kind: 'status', status: 503 });
  expect((await fetch(`${emulator.playbackOrigin}/${uid}/manifest/video.m3u8`)).status).toBe(503);
  emulator.failNext({ kind: 'hang' });
  const caller = new AbortController();
  const abandoned = fetch(client.url(''), { headers: client.authorization, signal: caller.signal });
  await expect.poll(() => emulator.requests.at(-1)).toContain('/stream');
  caller.abort();
  await expect(abandoned).rejects.toThrow('abort');
  emulator.failNext({ kind: 'hang' });
  emulator.failNext({ kind: 'slow', delayMs: 3_600_000 });
  const waiting = [client.api('GET', ''), client.api('GET', '')].map((call) => expect(call).rejects.toThrow());
  await expect.poll(() => emulator.requests.length).toBe(4);
  await emulator.stop();
  await Promise.all(waiting);
});
