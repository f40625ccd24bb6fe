import type { Clock } from '@videostorage/core';
import { createHttpTransport } from '../src/create-http-transport.ts';
import { createUploader } from '../src/create-uploader.ts';
import type { UploadHandle, UploadPhase } from '../src/upload-handle.ts';
import type { Uploader } from '../src/uploader.ts';
import type { UploaderOptions } from '../src/uploader-options.ts';
import { MapStorage } from './map-storage.ts';
import { LOCK_PATIENCE_MS, type UploadHost } from './upload-host.ts';

/** An uploader in a page of the host app; `storage` is shared with earlier pages. */
export function openPage(host: UploadHost, options: Partial<UploaderOptions> = {}): Uploader {
  return createUploader({
    transport: createHttpTransport(`${host.origin}/api/video`),
    storage: new MapStorage(),
    clock: host.clock,
    // Equal to 14 seconds of the host app's clock: no request of a busy computer takes as long.
    stallSeconds: 3600,
    ...options,
  });
}

/** A clock whose waits end only by abort, for a page that is left while it waits after a failure. */
export function endlessWaits({ clock }: UploadHost): Clock {
  return {
    now: clock.now,
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        const onAbort = () => reject(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        if (signal?.aborted) onAbort();
      }),
  };
}

/**
 * A clock on which waits of two seconds end at once: the wait for another page with the same upload, and that before a file
 * is sent again.
 */
export function impatient({ clock }: UploadHost): Clock {
  return {
    now: clock.now,
    sleep: (delayMs, signal) => clock.sleep(delayMs === LOCK_PATIENCE_MS ? 0 : delayMs, signal),
  };
}

/** Its phases so far, each once in a row. */
export function phasesOf(upload: UploadHandle): readonly UploadPhase[] {
  const phases: UploadPhase[] = [upload.phase];
  upload.subscribe(({ phase }) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return phases;
}

/** Resolves when a condition holds, looked at after each change; rejects when the upload is over before. */
export function until(upload: UploadHandle, holds: (upload: UploadHandle) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (holds(upload)) resolve();
      else if (['ready', 'failed', 'aborted'].includes(upload.phase)) {
        reject(upload.error ?? new Error(`The upload is ${upload.phase}.`));
      } else return;
      unsubscribe();
    };
    const unsubscribe = upload.subscribe(look);
    look();
  });
}

/** Pauses an upload when sending begins, before a byte is sent. */
export function pauseBeforeSending(upload: UploadHandle): Promise<void> {
  return until(upload, ({ phase }) => {
    if (phase === 'sending') upload.pause();
    return phase === 'paused';
  });
}
