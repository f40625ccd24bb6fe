import { createHash, randomFillSync } from 'node:crypto';
import { fixtures } from '@videostorage/testing';

const HEAD_BYTES = 8;

/** A real video of exactly this many bytes: a small one with a box of random bytes at its end, which players skip. */
export async function filmBytes(sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const small = await fixtures.moovFirst.read();
  const film = new Uint8Array(sizeBytes);
  film.set(small);
  randomFillSync(film, small.length + HEAD_BYTES);
  const view = new DataView(film.buffer);
  view.setUint32(small.length, sizeBytes - small.length);
  film.set(new TextEncoder().encode('free'), small.length + 4);
  return film;
}

/** The film as a chosen file. */
export function fileOf(bytes: Uint8Array<ArrayBuffer>, name = 'film.mp4', lastModified = 1_700_000_000_000): File {
  return new File([bytes], name, { type: 'video/mp4', lastModified });
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
