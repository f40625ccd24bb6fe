import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** A source that does not give its file in the way that the service needs. */
class CopySourceError extends Error {}

/**
 * Fetches a file as the service does: HEAD must tell the size, and ranges must be served.
 * @throws {Error} when the source does not, and whatever `fetch` throws when it cannot be reached
 */
export async function fetchCopySource(
  url: string,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const head = await fetch(url, { method: 'HEAD', signal });
  const length = head.headers.get('content-length');
  if (!head.ok || length === null) throw new CopySourceError('HEAD did not tell the size.');
  const sizeBytes = Number(length);
  if (sizeBytes > maxBytes) throw new CopySourceError('The file is too large.');
  const answer = await fetch(url, { headers: { Range: `bytes=0-${sizeBytes - 1}` }, signal });
  if (answer.status !== 206 || answer.body === null) {
    await answer.body?.cancel();
    throw new CopySourceError('GET did not serve a range.');
  }
  await pipeline(chunksOf(answer), createWriteStream(path, { flags: 'wx' }));
  const arrived = (await stat(path)).size;
  if (arrived === sizeBytes) return sizeBytes;
  await rm(path, { force: true });
  throw new CopySourceError('The file is not as long as HEAD said.');
}

/** The types of web streams differ between Node and browsers; their readers do not. */
async function* chunksOf(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) yield next.value;
}
