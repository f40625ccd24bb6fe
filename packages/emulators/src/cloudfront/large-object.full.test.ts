import { expect, test } from 'vitest';
import { EdgeSubject } from '../../test-support/edge-subject.ts';

test('an object that is too large for the cache passes through, ranges too', async () => {
  const subject = await EdgeSubject.start();
  const body = new Uint8Array(64 * 1024 * 1024 + 1).fill(7);
  await subject.bucket.call('PUT', 'large', { body, payloadHash: 'UNSIGNED-PAYLOAD' });
  const range = await subject.viewFreely('/large', { range: `bytes=${body.length - 2}-` });
  const unchanged = await subject.viewFreely('/large', { 'if-none-match': String(range.headers['etag']) });
  expect([unchanged.status, unchanged.bytes.length]).toEqual([304, 0]);
  expect([range.status, [...range.bytes], range.headers['content-range']]).toEqual([
    206,
    [7, 7],
    `bytes ${body.length - 2}-${body.length - 1}/${body.length}`,
  ]);
  const head = await subject.viewFreely('/large', {}, 'HEAD');
  expect([head.headers['content-length'], head.headers['x-cache']]).toEqual([
    String(body.length),
    'Miss from cloudfront',
  ]);
  await subject.stop();
});
