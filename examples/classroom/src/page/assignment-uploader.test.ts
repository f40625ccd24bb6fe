// @vitest-environment happy-dom
import type { UploadHandle, UploadPhase } from '@videostorage/uploader';
import { expect, test, vi } from 'vitest';
import { drawableVideo } from '../../test-support/drawable-video.ts';
import { assignmentUploader, sendPoster } from './assignment-uploader.ts';
import { host } from './host.ts';

const file = new File(['xx'], 'film.mp4', { type: 'video/mp4' });
const jpeg = new Blob(['x'], { type: 'image/jpeg' });

/** An upload whose state the test sets, and the pictures that are sent. */
function upload() {
  const put = vi.spyOn(host, 'putPoster').mockResolvedValue();
  const listeners = new Set<() => void>();
  const state: { phase: UploadPhase; uploadReference: string | undefined } = {
    ...{ phase: 'asking', uploadReference: undefined },
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const handle = Object.assign(state, { subscribe }) as unknown as UploadHandle;
  const enter = (phase: UploadPhase, uploadReference?: string) => {
    Object.assign(state, { phase, uploadReference });
    for (const listener of [...listeners]) listener();
  };
  return { handle, enter, listeners, put };
}

test('a picture is sent once the upload has a reference, however late, and the upload is then no longer followed', async () => {
  drawableVideo({ jpeg });
  const { handle, enter, listeners, put } = upload();
  const sending = sendPoster(file, handle);
  await new Promise((resolve) => setTimeout(resolve, 20));
  enter('asking');
  expect(put).not.toHaveBeenCalled();
  enter('sending', 'reference');
  await sending;
  expect([put.mock.calls, listeners.size]).toEqual([[['reference', jpeg]], 0]);
});

test.each(['failed', 'aborted'] as const)(
  'no picture is sent of an upload that is %s without a reference',
  async (phase) => {
    drawableVideo({ jpeg });
    const { handle, enter, listeners, put } = upload();
    const sending = sendPoster(file, handle);
    enter(phase);
    await sending;
    expect([put.mock.calls, listeners.size]).toEqual([[], 0]);
  },
);

test('nothing is sent where the browser can draw no picture', async () => {
  drawableVideo({ jpeg: null });
  const { handle, enter, put } = upload();
  const sending = sendPoster(file, handle);
  enter('sending', 'reference');
  await sending;
  expect(put).not.toHaveBeenCalled();
});

test('files are sent one after another, and none that is too large', async () => {
  const uploader = assignmentUploader(2);
  const uploads = [1, 2].map(() => uploader.upload(file));
  expect(uploads.map(({ phase }) => phase)).toEqual(['checking', 'waiting']);
  uploader.close();
  const strict = assignmentUploader(1);
  await expect(strict.upload(file).done).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  strict.close();
});
