import { expect, test } from 'vitest';
import { weigh } from '../test-support/weigh.ts';

const uploader = await weigh("export { createHttpTransport, createUploader } from '@videostorage/uploader';");
const uppy = await weigh(`
  export { default as Uppy } from '@uppy/core';
  export { default as Tus } from '@uppy/tus';
  export { default as AwsS3 } from '@uppy/aws-s3';
`);

test('at most 10 KB (gzip) load with the page', () => {
  expect(uploader.withPage).toBeGreaterThan(5000);
  expect(uploader.withPage).toBeLessThanOrEqual(10_000);
});

test('everything, also what is loaded later, is at most 0.6 of Uppy with the same protocols', () => {
  expect(uppy.inAll).toBeGreaterThan(30_000);
  expect(uploader.inAll / uppy.inAll).toBeLessThanOrEqual(0.6);
});

test('tus-js-client does not load with the page', async () => {
  const tus = await weigh("export { default } from 'tus-js-client/lib/upload.js';");
  expect(uploader.inAll - uploader.withPage).toBeGreaterThan(tus.inAll);
});
