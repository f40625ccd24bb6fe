import type { IncomingMessage } from 'node:http';

const MAX_DRAINED_BYTES = 512 * 1024 * 1024;

/**
 * Reads away what is left of a request's body: a client sees a reset instead of the answer when its body is left unread.
 * False when the client has gone, or does not come to an end.
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
