import type { EmulatorFault, FaultAim } from '@videostorage/emulators';
import { afterEach, describe, expect, test } from 'vitest';
import { fileOf, filmBytes, sha256 } from './film.ts';
import { MapStorage } from './map-storage.ts';
import { endlessWaits, impatient, openPage, pauseBeforeSending, until } from './open-page.ts';
import { SentAgain } from './sent-again.ts';
import { type BackendName, UploadHost } from './upload-host.ts';

const MIB = 1024 * 1024;
/** Size of a part, and of a chunk for a storage that keeps nothing of an interrupted one: the smallest that they take. */
const PIECE_BYTES = 5 * MIB;
const CUT = 700_000;
/** Request headers, and bytes in socket buffers when connections were dropped. */
const OVERHEAD_BYTES = 200_000;
/** Bytes per second: so slow that the storage reads everything before more is sent, and its socket buffers are almost empty. */
const SLOW = 8_000_000;
const PATIENT = { timeout: 60_000, interval: 10 };

/** The requests that carry bytes. */
const METHODS: Readonly<Record<BackendName, string>> = {
  local: 'PATCH',
  'stream-form': 'POST',
  'stream-tus': 'PATCH',
  's3-form': 'POST',
  's3-parts': 'PUT',
};

/** One fault of each kind that a sender handles in its own way. */
export const KINDS_OF_FAULTS: readonly EmulatorFault[] = [
  { kind: 'status', status: 503, retryAfterSeconds: 1 },
  { kind: 'reset', when: 'before-effect' },
  { kind: 'reset', when: 'after-effect' },
  { kind: 'truncated' },
];

let host: UploadHost;

function stopHost(): void {
  afterEach(() => host.stop());
}

/** Dropped connections and a reload, on one backend. */
export function describeResumption(name: BackendName): void {
  describe(`resuming on ${name}`, () => {
    stopHost();
    const inPieces = name === 's3-parts' || name === 'stream-tus';
    const isForm = name.endsWith('form');
    // Of parts and chunks three: two can have arrived before the connection is cut.
    const film = filmBytes(inPieces ? 2 * PIECE_BYTES + 2_000_000 : 1_500_000);
    const isStream = name.startsWith('stream');
    const options = { largestChunkBytes: isStream ? PIECE_BYTES : undefined, keepsInterruptedChunks: false };
    /**
     * What each interruption may send again: a part, or a chunk where an interrupted one is not kept. Where it is kept, what the
     * socket buffers of a busy computer lose: less than a restart, which sends at least `CUT` bytes.
     */
    const resentBytes = inPieces ? PIECE_BYTES + OVERHEAD_BYTES : 500_000;

    test(`two dropped connections send ${isForm ? 'the form' : 'at most a chunk or part'} again each time, and the stored bytes are the same`, async () => {
      host = await UploadHost.start(name, options);
      const { proxy } = host;
      const sentAgain = new SentAgain(proxy, PIECE_BYTES);
      proxy.slowUpload(SLOW);
      // In the second piece: pieces that are larger than they should be send more than one again.
      proxy.cutAfterUpload(inPieces ? PIECE_BYTES + CUT : CUT);
      if (!inPieces) proxy.cutAfterUpload(CUT / 2);
      const upload = openPage(host, { maxParts: 1 }).upload(fileOf(await film));
      if (inPieces) {
        await until(upload, ({ progress }) => progress.sentBytes >= 2 * PIECE_BYTES);
        proxy.cutAfterUpload(1);
      }
      const video = await upload.done;
      const sizeBytes = (await film).length;
      const bytes = sentAgain.end(sizeBytes);

      if (!isStream) expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(await film));
      if (isForm) expect(proxy.uploadedBytes - sizeBytes).toBeLessThanOrEqual(2 * CUT + OVERHEAD_BYTES);
      else expect(Math.max(...bytes), bytes.join()).toBeLessThanOrEqual(resentBytes);
      expect(proxy.cutCount).toBe(2);
      expect(host.requests.filter((line) => line === 'POST /api/video/uploads')).toHaveLength(1);
    });

    test('after a reload the same file continues its upload, and what had arrived is not sent again', async () => {
      host = await UploadHost.start(name, options);
      const { proxy } = host;
      const sentAgain = new SentAgain(proxy, PIECE_BYTES);
      proxy.slowUpload(SLOW);
      const storage = new MapStorage();
      const before = openPage(host, { storage, maxParts: 1, clock: endlessWaits(host) });
      proxy.cutAfterUpload(inPieces ? PIECE_BYTES + CUT : CUT);
      const begun = before.upload(fileOf(await film), { contextId: 'lesson-1' });
      await expect.poll(() => proxy.cutCount, PATIENT).toBe(1);
      before.close();
      const uploadReference = begun.uploadReference;

      const after = openPage(host, { storage });
      const sizeBytes = (await film).length;
      expect(await after.resumable()).toEqual([
        { uploadReference, fileName: 'film.mp4', sizeBytes, contextId: 'lesson-1' },
      ]);
      const sentBefore = proxy.uploadedBytes;
      const upload = after.upload(fileOf(await film), { contextId: 'lesson-1' });
      const video = await upload.done;
      const bytes = sentAgain.end(sizeBytes);

      expect(upload.uploadReference).toBe(uploadReference);
      if (!isStream) expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(await film));
      // The first piece had arrived.
      if (inPieces) expect(proxy.uploadedBytes - sentBefore).toBeLessThan(sizeBytes - PIECE_BYTES + OVERHEAD_BYTES);
      // The storage may still hold the connection of the page before, and refuse the first try of this one. A form starts over, as
      // often as it takes.
      if (!isForm) expect(Math.max(...bytes), bytes.join()).toBeLessThanOrEqual(resentBytes);
      expect(await after.resumable()).toEqual([]);
      expect(storage.length).toBe(0);
    });
  });
}

/** Temporary faults of the storage, each of which meets the bytes of a file once. */
export function describeRetries(name: BackendName, faults: readonly EmulatorFault[]): void {
  describe(`on ${name} a temporary failure is retried`, () => {
    stopHost();
    test('and the file arrives', async () => {
      host = await UploadHost.start(name);
      const page = openPage(host, { maxParts: 1, clock: impatient(host) });
      const film = await filmBytes(200_000);
      for (const [index, fault] of faults.entries()) {
        let met = 0;
        const matches: FaultAim['matches'] = ({ method, url }) => {
          const isOfBytes = method === METHODS[name] && !url?.startsWith('/client');
          if (isOfBytes) met += 1;
          return isOfBytes;
        };
        host.failNext(fault, { matches });
        // A context of its own, so that the same file is another upload.
        const upload = page.upload(fileOf(film), { contextId: `fault-${index}` });
        expect(await upload.done).toMatchObject({ status: 'ready', sizeBytes: film.length });
        expect(met).toBe(1);
      }
    });
  });
}

/** A ticket that expires before a byte was sent with it. */
export function describeExpiredTicket(name: BackendName): void {
  describe(`on ${name} a ticket that expired before anything was sent`, () => {
    stopHost();
    test('is replaced by a new one', async () => {
      host = await UploadHost.start(name);
      const { clock } = host;
      // The AWS SDK signs with the computer's time, so a scripted refusal and the page's own clock simulate the passed time.
      const isS3 = name.startsWith('s3');
      let skippedMs = 0;
      const pageClock = { now: () => clock.now() + skippedMs, sleep: clock.sleep };
      const upload = openPage(host, { clock: pageClock, maxParts: 1 }).upload(fileOf(await filmBytes(200_000)));
      await pauseBeforeSending(upload);
      const first = upload.uploadReference;
      if (isS3) {
        skippedMs = 25 * 3_600_000;
        host.failNext({ kind: 'status', status: 403 }, { times: 2, matches: ({ method }) => method === METHODS[name] });
      } else host.skip(25 * 3_600_000);
      upload.resume();
      await until(upload, ({ uploadReference }) => uploadReference !== undefined && uploadReference !== first);
      // Of a form one scripted refusal is left.
      host.clearFaults();
      expect(await upload.done).toMatchObject({ status: 'ready' });
    });
  });
}
