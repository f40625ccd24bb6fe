import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

const HEAD_TIMEOUT_MS = 30_000;

/** A source does not serve its file in the way that the service needs. */
class CopySourceError extends Error {}

/**
 * Fetches a file as the service does: HEAD must report the size, and ranges must be served. When it fails there is no file at
 * `path`. @throws {Error} when the source does not do that, and the error of `fetch` when the source cannot be reached
 */
export async function fetchCopySource(
  url: string,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const head = await fetch(url, {
    method: 'HEAD',
    signal: AbortSignal.any([signal, AbortSignal.timeout(HEAD_TIMEOUT_MS)]),
  });
  const length = head.headers.get('content-length') ?? '';
  if (!head.ok || !/^[1-9]\d{0,14}$/.test(length)) throw new CopySourceError('HEAD did not report the size.');
  const sizeBytes = Number(length);
  if (sizeBytes > maxBytes) throw new CopySourceError('The file is too large.');
  const answer = await fetch(url, { headers: { Range: `bytes=0-${sizeBytes - 1}` }, signal });
  if (answer.status !== 206) {
    await answer.body?.cancel();
    throw new CopySourceError('GET did not serve a range.');
  }
  try {
    await pipeline(chunksOf(answer, sizeBytes), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return sizeBytes;
}

/**
 * The body, which must be exactly as long as announced: a source that never ends must not fill the disk.
 * The types of web streams differ between Node and browsers; their readers do not.
 */
async function* chunksOf(answer: Response, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  let left = sizeBytes;
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    left -= next.value.length;
    if (left < 0) break;
    yield next.value;
  }
  if (left === 0) return;
  await reader?.cancel();
  throw new CopySourceError('The file is not as long as HEAD said.');
}
