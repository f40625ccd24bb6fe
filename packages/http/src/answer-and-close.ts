import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlainAnswer } from './plain-answer.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_MS = 500;

/**
 * Answers a request that is still arriving, and closes the connection a moment later: closed while bytes are on the way it
 * would be reset, and the answer could be lost with it (RFC 9112, section 9.6). What comes in that moment is not kept.
 */
export async function answerAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  answered: PlainAnswer | Response,
): Promise<void> {
  const body = answered instanceof Response ? await answered.text() : (answered.body ?? '');
  const fields = [...answered.headers].flat();
  response.writeHead(answered.status, [
    ...fields,
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Connection',
    'close',
  ]);
  response.write(body);
  await discard(request);
  await new Promise<void>((resolve) => response.end(resolve));
}

function discard(request: IncomingMessage): Promise<void> {
  // Whoever read the body has stopped, but would still be given its chunks, and pause it after each.
  request.removeAllListeners('data');
  return new Promise((resolve) => {
    let left = MAX_BYTES;
    const finish = () => {
      clearTimeout(timer);
      request.off('data', onData).off('end', finish).off('close', finish).pause();
      resolve();
    };
    const onData = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) finish();
    };
    const timer = setTimeout(finish, MAX_MS);
    request.on('data', onData).on('end', finish).on('close', finish).resume();
  });
}
