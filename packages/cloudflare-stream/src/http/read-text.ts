import { BackendError } from '@videostorage/core';
import { MAX_ANSWER_BYTES } from './http-send.ts';

/** The text of a body, which ends at 16 MiB whoever made the connection. @throws {BackendError} when there is more */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) {
      const details = { backendName: 'cloudflare-stream' };
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare’s answer is too large.', details);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
