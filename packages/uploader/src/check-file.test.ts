import { Validator } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileOf, filmBytes } from '../test-support/film.ts';
import { openPage } from '../test-support/open-page.ts';
import { UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';
import type { UploadTransport } from './upload-transport.ts';

vi.setConfig({ testTimeout: 60_000 });
let host: UploadHost;
beforeEach(async () => {
  host = await UploadHost.start('s3-form');
});
afterEach(() => host.stop());

const film = await filmBytes(200_000);
const file = (name: string) => fileOf(film, name);

describe('checks', () => {
  test('of a validator come before any request, and report all problems', async () => {
    const validator = new Validator({ maxSizeBytes: 1000, mimeTypes: ['video/webm'] });
    const upload = openPage(host, { validator }).upload(file('film.mp4'));
    await expect(upload.done).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const { error } = upload;
    expect(error?.code === 'VALIDATION_FAILED' && error.problems.map(({ code }) => code)).toEqual([
      'FILE_TOO_LARGE',
      'TYPE_NOT_ALLOWED',
    ]);
    expect(host.requests).toEqual([]);
  });

  test('measure the duration with the page’s player, and send it with the confirm as a hint', async () => {
    const transport = createHttpTransport(`${host.origin}/api/video`);
    const bodies: unknown[] = [];
    const noting: UploadTransport = {
      ...transport,
      confirmUpload(reference, body, options) {
        bodies.push(body);
        return transport.confirmUpload(reference, body, options);
      },
    };
    const player = {
      ...{ duration: 3.04, videoWidth: 320, videoHeight: 180, load: () => undefined, removeAttribute: () => undefined },
      set src(_: string) {
        queueMicrotask(() => Reflect.get(this, 'onloadedmetadata')());
      },
    };
    const page = openPage(host, { transport: noting });
    const unmeasured = page.upload(file('1.mp4'));
    await unmeasured.done;
    vi.stubGlobal('document', { createElement: () => player });
    const upload = page.upload(file('2.mp4'));
    await upload.done;
    expect(bodies).toEqual([{}, { durationSeconds: 3.04 }]);
    expect([unmeasured.media, upload.media]).toEqual([
      {},
      { durationSeconds: 3.04, widthPixels: 320, heightPixels: 180 },
    ]);
  });

  test('without a validator are done by the host app, before a byte is sent', async () => {
    const empty = openPage(host).upload(new File([], 'empty.mp4', { type: 'video/mp4' }));
    await expect(empty.done).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ code: 'FILE_EMPTY' }] });
    expect(host.proxy.uploadedBytes).toBe(0);
  });

  test('of a file that can no longer be read fail with a message that says so', async () => {
    const gone = file('gone.mp4');
    gone.slice = () => {
      const blob = new Blob();
      blob.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
      return blob;
    };
    const upload = openPage(host).upload(gone);
    await expect(upload.done).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(upload.error?.message).toBe('“gone.mp4” cannot be read: it has changed or is gone. Please choose it again.');
  });
});
