import type { IncomingMessage } from 'node:http';
import { joinChunks } from './join-chunks.ts';
import type { BodyBounds } from './read-body.ts';
import { Refusal } from './refusal.ts';

/**
 * `readBody` for Node's own request. A body that is too large or late stays unread and its connection open, so that an
 * answer can be sent.
 */
export function readIncoming(incoming: IncomingMessage, { maxBytes, timeoutMs }: BodyBounds): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose).pause();
      settle();
    };
    const refuse = (refusal: Refusal) => finish(() => reject(refusal));
    const onData = (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > maxBytes) refuse(new Refusal('BODY_TOO_LARGE'));
      else chunks.push(chunk);
    };
    const onEnd = () => finish(() => resolve(joinChunks(chunks, size)));
    const onClose = () => refuse(new Refusal('BODY_INVALID'));
    const timer = setTimeout(() => refuse(new Refusal('REQUEST_TIMEOUT')), timeoutMs);
    incoming.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
    // `close` is emitted only once, and may have been emitted before.
    if (incoming.destroyed) onClose();
  });
}
