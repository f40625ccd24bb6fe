import { expect, test } from 'vitest';
import { assertReadable, fileFingerprint } from './file-fingerprint.ts';

const KIB_64 = 65_536;
const SIZE = 3 * KIB_64;

/** Zeros, except for one byte. */
function bytesWith(position: number, byte: number, size = SIZE): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  bytes[position] = byte;
  return bytes;
}

function fileWith(bytes: Uint8Array<ArrayBuffer>, name = 'film.mp4', lastModified = 7): File {
  return new File([bytes], name, { lastModified });
}

const fingerprintOf = (...file: Parameters<typeof fileWith>) => fileFingerprint(fileWith(...file));
const zeros = new Uint8Array(SIZE);

test('a fingerprint is the same for the same file, also after an update of this library: it is remembered', async () => {
  expect(await fingerprintOf(zeros)).toBe('["film.mp4",196608,7,"q632kl.pnagkh","q632kl.pnagkh"]');
  expect(await fileFingerprint(new File(['12345678'], 'a.mp4', { lastModified: 1 }))).toBe(
    '["a.mp4",8,1,"2ygv65.9hbrxc","2ygv65.9hbrxc"]',
  );
});

test.each<readonly [string, Parameters<typeof fileWith>]>([
  ['name', [zeros, 'other.mp4']],
  ['time of the last change', [zeros, 'film.mp4', 8]],
  ['size', [new Uint8Array(SIZE + 1)]],
  ['first byte', [bytesWith(0, 1)]],
  ['last byte of the first 64 KiB', [bytesWith(KIB_64 - 1, 1)]],
  ['first byte of the last 64 KiB', [bytesWith(SIZE - KIB_64, 1)]],
  ['last byte', [bytesWith(SIZE - 1, 1)]],
])('a file of another %s has another fingerprint', async (_, file) => {
  expect(await fingerprintOf(...file)).not.toBe(await fingerprintOf(zeros));
});

test('bytes between the first and the last 64 KiB are not read', async () => {
  for (const position of [KIB_64, SIZE - KIB_64 - 1]) {
    expect(await fingerprintOf(bytesWith(position, 1))).toBe(await fingerprintOf(zeros));
  }
});

test('the order of bytes matters', async () => {
  const [one, other] = [Uint8Array.of(1, 2), Uint8Array.of(2, 1)];
  expect(await fingerprintOf(one)).not.toBe(await fingerprintOf(other));
});

test('a file that cannot be read is a CONFLICT with its fix, for the fingerprint and for the file', async () => {
  const asked: unknown[] = [];
  const cause = new DOMException('gone', 'NotReadableError');
  const file = fileWith(zeros, 'go\u202Ene.mp4');
  file.slice = (...range) => {
    asked.push(range);
    const blob = new Blob();
    blob.arrayBuffer = () => Promise.reject(cause);
    return blob;
  };
  const refusal = {
    ...{ code: 'CONFLICT', retryable: false, cause },
    message: '“gone.mp4” cannot be read: it has changed or is gone. Please choose it again.',
  };
  await expect(fileFingerprint(file)).rejects.toMatchObject(refusal);
  await expect(assertReadable(file)).rejects.toMatchObject(refusal);
  expect(asked).toEqual([
    [0, KIB_64],
    [0, 1],
  ]);
});
