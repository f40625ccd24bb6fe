import { expect, test } from 'vitest';
import { readText } from './read-text.ts';

const MEBIBYTE = 1024 * 1024;

/** So many bytes, in pieces of a mebibyte, and how many pieces were taken. */
function body(sizeBytes: number) {
  const taken = { pieces: 0, isClosed: false };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (let left = sizeBytes; left > 0; left -= MEBIBYTE) {
        taken.pieces += 1;
        yield new Uint8Array(Math.min(left, MEBIBYTE)).fill(0x61);
      }
    } finally {
      taken.isClosed = true;
    }
  }
  return { taken, chunks: pieces() };
}

test('16 MiB are read as a whole', async () => {
  const text = await readText(body(16 * MEBIBYTE).chunks);
  expect(text).toHaveLength(16 * MEBIBYTE);
});

test('a byte more is an error, and the rest is not read', async () => {
  for (const sizeBytes of [16 * MEBIBYTE + 1, 40 * MEBIBYTE]) {
    const { chunks, taken } = body(sizeBytes);
    const error = { code: 'BACKEND_BAD_RESPONSE', backendName: 'cloudflare-stream' };
    await expect(readText(chunks)).rejects.toMatchObject(error);
    expect(taken).toEqual({ pieces: 17, isClosed: true });
  }
});

test('a character that is split between two pieces is whole, and an incomplete one at the end becomes the replacement character', async () => {
  async function* bytes(end?: number): AsyncGenerator<Uint8Array> {
    for (const byte of new TextEncoder().encode('größer 漢字').subarray(0, end)) yield Uint8Array.of(byte);
  }
  expect(await readText(bytes())).toBe('größer 漢字');
  expect(await readText(bytes(-1))).toBe('größer 漢\uFFFD');
});
