import type { IncomingMessage } from 'node:http';

const MAX_DRAINED_BYTES = 512 * 1024 * 1024;

/**
 * Reads the rest of a request's body and drops it: when a body is not read, the client sees a reset instead of the answer.
 * False when the client has disconnected, or sends too much.
 */
export async function drainRequest(request: IncomingMessage): Promise<boolean> {
  if (request.readableEnded) return true;
  if (request.destroyed) return false;
  let left = MAX_DRAINED_BYTES;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) return false;
    }
    return true;
  } catch (error) {
    if (request.errored === error) return false;
    throw error;
  }
}
