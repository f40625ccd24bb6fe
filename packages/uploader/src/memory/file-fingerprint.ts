import { ConflictError } from '@videostorage/core';
import { shownName } from '../shown-name.ts';

const SAMPLE_BYTES = 65_536;

/**
 * Recognizes a file that is chosen again, by name, size, time of the last change, and a hash of its first and last 64 KiB. This is
 * no proof of its content: the server inspects what arrives.
 * @throws {ConflictError} the file cannot be read, or no longer
 */
export async function fileFingerprint(file: File): Promise<string> {
  const { name, size, lastModified } = file;
  const head = await readBytes(file, 0, SAMPLE_BYTES);
  const tail = await readBytes(file, Math.max(0, size - SAMPLE_BYTES), size);
  return JSON.stringify([name, size, lastModified, hashOf(head), hashOf(tail)]);
}

/** Browsers refuse to read a file that has changed since it was chosen. @throws {ConflictError} it has */
export async function assertReadable(file: File): Promise<void> {
  await readBytes(file, 0, 1);
}

async function readBytes(file: File, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    const message = `“${shownName(file.name)}” cannot be read: it has changed or is gone. Please choose it again.`;
    throw new ConflictError(message, { cause });
  }
}

/** FNV-1a in two halves of different offset: SubtleCrypto is missing on pages without HTTPS. */
function hashOf(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
