import { type Clock, TimeoutError } from '@videostorage/core';
import type { RequestSender } from './request-sender.ts';

/** Ends a request that has made no progress for so long, so that it is sent again: a dead connection may say nothing for minutes. */
export function watchedSender(send: RequestSender, clock: Clock, stallMs: number): RequestSender {
  return async (request) => {
    const stalled = new AbortController();
    const over = new AbortController();
    let lastMs = clock.now();
    const watch = async () => {
      for (;;) {
        const idleMs = clock.now() - lastMs;
        if (idleMs >= stallMs) return stalled.abort(new TimeoutError('The connection to the storage has stalled.'));
        await clock.sleep(stallMs - idleMs, over.signal);
      }
    };
    watch().catch(() => {
      // The request is over: nobody waits for it any more.
    });
    try {
      return await send({
        ...request,
        signal: AbortSignal.any([request.signal, stalled.signal]),
        onProgress: (sentBytes, totalBytes) => {
          lastMs = clock.now();
          request.onProgress?.(sentBytes, totalBytes);
        },
      });
    } finally {
      over.abort();
    }
  };
}
