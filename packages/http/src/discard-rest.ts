import type { Readable } from 'node:stream';

/** Limits after which the rest of a body is no longer read. */
export interface DiscardBounds {
  /** Most bytes. */
  readonly maxBytes: number;
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest time in all. */
  readonly totalMs: number;
}

/** Reads what is still arriving and keeps nothing of it; resolves at its end, when it is closed, and at a bound. */
export function discardRest(request: Readable, { maxBytes, idleMs, totalMs }: DiscardBounds): Promise<void> {
  // An earlier reader has stopped, but its listeners would still get the chunks, and pause the body after each.
  request.removeAllListeners('data');
  return new Promise((resolve) => {
    let left = maxBytes;
    const finish = () => {
      clearTimeout(late);
      clearTimeout(idle);
      request.off('data', onData).off('end', finish).off('close', finish).pause();
      resolve();
    };
    const onData = (chunk: Uint8Array) => {
      left -= chunk.byteLength;
      if (left < 0) finish();
      else idle.refresh();
    };
    const late = setTimeout(finish, totalMs);
    const idle = setTimeout(finish, idleMs);
    request.on('data', onData).on('end', finish).on('close', finish).resume();
    if (request.destroyed || request.readableEnded) finish();
  });
}
