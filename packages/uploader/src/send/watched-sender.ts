import { type Clock, TimeoutError } from '@videostorage/core';
import type { RequestSender } from './request-sender.ts';

/** How often progress is checked: a stall is noticed at most a tenth of `stallMs` late. */
const LOOKS = 10;

/**
 * Aborts a request that makes no progress for `stallMs`, so that it is sent again: a dead connection may report nothing for minutes.
 * Counts waits instead of reading the time: a clock that is set forward ends no request, and one that is set back keeps none.
 */
export function watchedSender(send: RequestSender, clock: Pick<Clock, 'sleep'>, stallMs: number): RequestSender {
  return async (request) => {
    const stalled = new AbortController();
    const over = new AbortController();
    let idle = 0;
    const watch = async () => {
      while (idle < LOOKS) {
        idle += 1;
        await clock.sleep(stallMs / LOOKS, over.signal);
      }
      stalled.abort(new TimeoutError('The connection to the storage has stalled.'));
    };
    watch().catch(() => {
      // The request has ended, which ends the wait.
    });
    try {
      return await send({
        ...request,
        signal: AbortSignal.any([request.signal, stalled.signal]),
        onProgress: (sentBytes, totalBytes) => {
          idle = 0;
          request.onProgress?.(sentBytes, totalBytes);
        },
      });
    } finally {
      over.abort();
    }
  };
}
