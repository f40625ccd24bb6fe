import { expect, test, vi } from 'vitest';
import { MapStorage } from '../../test-support/map-storage.ts';
import { localStorageOfPage, type RememberedUpload, RememberedUploads } from './remembered-uploads.ts';

const HOURS_48 = 48 * 3_600_000;
const upload: RememberedUpload = {
  ...{ idempotencyKey: 'k1', fileName: 'film.mp4', sizeBytes: 8, fingerprint: 'f' },
  begunAtMs: 1_000_000_000_000,
};

function memoryAt(nowMs: number, storage = new MapStorage()) {
  return { storage, memory: new RememberedUploads(storage, () => nowMs) };
}

test('an upload is kept under its key, replaced by the same key, and removed', () => {
  const { storage, memory } = memoryAt(upload.begunAtMs);
  memory.keep(upload);
  memory.keep({ ...upload, idempotencyKey: 'k2' });
  memory.keep({ ...upload, uploadReference: 'r1' });
  expect(storage.getItem('videostorage.upload.k1')).toBe(JSON.stringify({ ...upload, uploadReference: 'r1' }));
  expect(memory.list()).toHaveLength(2);
  memory.forget('k1');
  expect(memory.list().map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k2']);
});

test.each([
  [HOURS_48 - 1, 1],
  [HOURS_48, 0],
  // After a clock was set back an entry has no negative age, and still expires.
  [-(HOURS_48 - 1), 1],
  [-HOURS_48, 0],
])('after %i ms %i are listed, and those that are not are removed', (ageMs, count) => {
  const { storage, memory } = memoryAt(upload.begunAtMs + ageMs);
  memory.keep(upload);
  expect(memory.list()).toHaveLength(count);
  expect(storage.length).toBe(count);
});

test('two entries that expire at once are both removed, and other programs’ entries stay', () => {
  const { storage, memory } = memoryAt(upload.begunAtMs + HOURS_48);
  storage.setItem('theirs', '1');
  memory.keep(upload);
  memory.keep({ ...upload, idempotencyKey: 'k2' });
  storage.setItem('not.videostorage.upload.x', '{');
  expect(memory.list()).toEqual([]);
  expect(storage.length).toBe(2);
});

test.each(['idempotencyKey', 'fileName', 'sizeBytes', 'fingerprint', 'begunAtMs'])(
  'an entry without %s is removed',
  (member) => {
    const { storage, memory } = memoryAt(upload.begunAtMs);
    storage.setItem('videostorage.upload.k1', JSON.stringify({ ...upload, [member]: undefined }));
    expect(memory.list()).toEqual([]);
    expect(storage.length).toBe(0);
  },
);

test.each(['length', 'key', 'getItem', 'setItem', 'removeItem'] as const)(
  'a storage whose %s throws counts as absent',
  (member) => {
    const { storage, memory } = memoryAt(upload.begunAtMs);
    storage.setItem('videostorage.upload.foreign', '{');
    memory.keep(upload);
    Object.defineProperty(storage, member, {
      get: () => {
        throw new DOMException('The file is damaged.', 'NS_ERROR_FILE_CORRUPTED');
      },
    });
    memory.keep({ ...upload, uploadReference: 'r1' });
    memory.forget('k2');
    // Readable entries are still read.
    const isReadable = member === 'setItem' || member === 'removeItem';
    expect(memory.list().map(({ idempotencyKey }) => idempotencyKey)).toEqual(isReadable ? ['k1'] : []);
  },
);

test('without a storage nothing is kept, and nothing throws', () => {
  const memory = new RememberedUploads(undefined, () => 0);
  memory.keep(upload);
  memory.forget('k1');
  expect(memory.list()).toEqual([]);
});

test('the page’s localStorage is used only in a page, and not when reading it throws', () => {
  const storage = new MapStorage();
  vi.stubGlobal('localStorage', storage);
  expect(localStorageOfPage()).toBeUndefined();
  vi.stubGlobal('document', {});
  expect(localStorageOfPage()).toBe(storage);
  // A web view whose app has not enabled it.
  vi.stubGlobal('localStorage', null);
  expect(localStorageOfPage()).toBeUndefined();
  vi.unstubAllGlobals();
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('blocked', 'SecurityError');
    },
  });
  vi.stubGlobal('document', {});
  try {
    expect(localStorageOfPage()).toBeUndefined();
  } finally {
    Reflect.deleteProperty(globalThis, 'localStorage');
  }
});
