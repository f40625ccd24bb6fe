import { Validator } from '@videostorage/core';
import { createHttpTransport, createUploader, type Uploader, type UploadHandle } from '@videostorage/uploader';
import { drawPoster } from './draw-poster.ts';
import { host } from './host.ts';

/** Uploads one file after another. */
export function assignmentUploader(maxSizeBytes: number): Uploader {
  const validator = new Validator({ maxSizeBytes });
  return createUploader({ transport: createHttpTransport('/api/video'), validator, maxFiles: 1 });
}

/** Sends a picture of the video to the classroom, if this browser can draw one; without a picture a drawing is shown. */
export async function sendPoster(file: File, handle: UploadHandle): Promise<void> {
  const [jpeg, reference] = await Promise.all([drawPoster(file), referenceOf(handle)]);
  if (jpeg !== undefined && reference !== undefined) await host.putPoster(reference, jpeg);
}

/** The reference of an upload, once the host app has returned it; undefined when the upload ends without one. */
function referenceOf(handle: UploadHandle): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stop = handle.subscribe(look);
    look();
    function look(): void {
      const isOver = handle.phase === 'failed' || handle.phase === 'aborted';
      if (handle.uploadReference === undefined && !isOver) return;
      resolve(handle.uploadReference);
      stop();
    }
  });
}
