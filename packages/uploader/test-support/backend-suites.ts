import type { EmulatorFault, FaultAim } from '@videostorage/emulators';
import { afterEach, describe, expect, test } from 'vitest';
import { fileOf, filmBytes, sha256 } from './film.ts';
import { MapStorage } from './map-storage.ts';
import { endlessWaits, impatient, openPage, pauseBeforeSending, until } from './open-page.ts';
import { type BackendName, UploadHost } from './upload-host.ts';

const MIB = 1024 * 1024;
const CUT = 700_000;
/** Heads of requests, and what the computer keeps in sockets that were cut. */
const OVERHEAD_BYTES = 200_000;
const PATIENT = { timeout: 60_000, interval: 10 };

/** Of the requests that carry bytes. */
const METHODS: Readonly<Record<BackendName, string>> = {
  local: 'PATCH',
  'stream-form': 'POST',
  'stream-tus': 'PATCH',
  's3-form': 'POST',
  's3-parts': 'PUT',
};

/** One fault of each kind that a sender meets in a way of its own. */
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

/** Cut connections and a reload, on one backend. */
export function describeResumption(name: BackendName): void {
  describe(`resuming on ${name}`, () => {
    stopHost();
    // Of parts two, the first of which arrives.
    const film = filmBytes(name === 's3-parts' ? 6_000_000 : 1_500_000);
    const isStream = name.startsWith('stream');

    /** What each interruption may send again: a part, a chunk, or the form. */
    const resentBytes = async () => 2 * (name === 's3-parts' ? 5 * MIB : (await film).length) + OVERHEAD_BYTES;

    test('two cut connections send at most one part each again, and the stored bytes are the same', async () => {
      host = await UploadHost.start(name);
      const { proxy } = host;
      proxy.cutAfterUpload(CUT);
      proxy.cutAfterUpload(CUT / 2);
      const upload = openPage(host, { maxParts: 1 }).upload(fileOf(await film));
      const video = await upload.done;
      expect(proxy.cutCount).toBe(2);
      if (!isStream) expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(await film));
      expect(proxy.uploadedBytes - (await film).length).toBeLessThanOrEqual(await resentBytes());
      expect(host.requests.filter((line) => line === 'POST /api/video/uploads')).toHaveLength(1);
    });

    test('after a reload the same file continues its upload, and what had arrived is not sent again', async () => {
      host = await UploadHost.start(name);
      const { proxy } = host;
      const storage = new MapStorage();
      const before = openPage(host, { storage, maxParts: 1, clock: endlessWaits(host) });
      const begun = before.upload(fileOf(await film), { contextId: 'lesson-1' });
      if (name === 's3-parts') await until(begun, ({ progress }) => progress.sentBytes >= 5 * MIB);
      proxy.cutAfterUpload(name === 's3-parts' ? 1 : CUT);
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
      expect(upload.uploadReference).toBe(uploadReference);
      if (!isStream) expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(await film));
      // The first part is there.
      if (name === 's3-parts') expect(proxy.uploadedBytes - sentBefore).toBeLessThan(sizeBytes - 5 * MIB + 100_000);
      // The storage may still hold the connection of the page before, and refuse the first try of this one. A form starts over, as
      // often as it takes.
      if (!name.endsWith('form')) expect(proxy.uploadedBytes - sizeBytes).toBeLessThanOrEqual(await resentBytes());
      expect(await after.resumable()).toEqual([]);
      expect(storage.length).toBe(0);
    });
  });
}

/** Temporary faults of the storage, each met once by the bytes of a file. */
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
      // The AWS SDK signs by the computer's time: there a scripted refusal, and the page's own clock, stand for the time that passed.
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
