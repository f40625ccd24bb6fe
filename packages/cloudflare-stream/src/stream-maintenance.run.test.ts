import { BackendError, type CallRunner, RetryHandler, StorageCall, toTimestamp } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { InstantClock } from '../test-support/instant-clock.ts';
import type { ListedVideo } from './cloudflare-client.ts';
import { encodePlace, type StreamList } from './stream-list.ts';
import { StreamMaintenance } from './stream-maintenance.ts';
import type { VideoDetails } from './video-details.ts';

const NOW = '2026-11-24T12:00:00.000Z';
const HOUR_MS = 3_600_000;
const old = toTimestamp(Date.parse(NOW) - 60 * HOUR_MS);

/** An upload that was never confirmed. */
const upload = (digit: string): ListedVideo => ({
  ...{ uid: digit.repeat(32), created: old, creator: 'vs-upload-a', meta: {}, sizeBytes: 100 },
  ...{ state: 'ready', readyToStream: true, requireSignedURLs: true, allowedOrigins: [] },
});

type Page = Awaited<ReturnType<StreamList['everything']>>;

/** Sweeps over these pages, one after the other; each read of a video takes `readMs`. */
function subject(pages: readonly Page[], readMs = 0) {
  const left = [...pages];
  const clock = new ManualClock({ nowMs: Date.parse(NOW) });
  const everything = vi.fn<StreamList['everything']>(async () => left.shift() ?? { listed: [] });
  const client = {
    getVideoDetails: vi.fn(async (uid: string): Promise<VideoDetails | undefined> => {
      clock.advance(readMs);
      return upload(uid.slice(0, 1));
    }),
    deleteVideo: vi.fn(async () => {}),
  };
  const operations: string[] = [];
  const run: CallRunner = async (operation, options, work) => {
    operations.push(operation);
    const call = new StorageCall(
      operation,
      { timeoutMs: 60_000, ...options },
      new RetryHandler({ clock: new InstantClock() }),
      () => {},
    );
    try {
      return await work(call);
    } finally {
      call.release();
    }
  };
  const maintenance = new StreamMaintenance({ client, list: { everything }, clock, providerTime: clock, call: run });
  const asked = () => everything.mock.calls.map(([{ limit, cursor }]) => ({ limit, cursor }));
  return { maintenance, client, clock, operations, everything, asked };
}

const first = encodePlace({ created: toTimestamp(Date.parse(NOW) - 48 * HOUR_MS + 1) });

test('a run begins with the videos that may be old, a thousand at a time, and ends at its limit on a later page', async () => {
  const { maintenance, asked, operations } = subject([
    { listed: [upload('a'), upload('b')], cursor: 'second' },
    { listed: [upload('c')], cursor: 'third' },
  ]);
  const swept = await maintenance.sweep({ limit: 3 });
  expect(swept).toMatchObject({ examined: 3, released: 3, bytesReleased: 300, more: true });
  expect(asked()).toEqual([
    { limit: 3, cursor: first },
    { limit: 1, cursor: 'second' },
  ]);
  expect(operations).toEqual(['sweep']);
  await maintenance.sweep({ limit: 2000 });
  expect(asked().at(-1)).toEqual({ limit: 1000, cursor: 'third' });
});

test('after a run or a dry run that its limit ended, the next one of its kind continues where it ended', async () => {
  const { maintenance, asked } = subject(
    ['run', 'dry', 'run', 'dry'].map((cursor) => ({ listed: [upload('a')], cursor })),
  );
  for (const dryRun of [false, true, false, true]) await maintenance.sweep({ limit: 1, dryRun });
  expect(asked().map(({ cursor }) => cursor)).toEqual([first, first, 'run', 'dry']);
});

test('no video is begun in the last fifth of the time, and the next run continues after the last one that was begun', async () => {
  const four = ['a', 'b', 'c', 'd'].map(upload);
  const { maintenance, client, asked } = subject([{ listed: four, cursor: 'next' }], 4000);
  const swept = await maintenance.sweep({ timeoutMs: 10_000 });
  expect(swept).toMatchObject({ examined: 2, released: 2, more: true });
  expect(client.deleteVideo.mock.calls).toHaveLength(2);
  expect(asked()).toHaveLength(1);
  await maintenance.sweep();
  expect(asked().at(-1)?.cursor).toBe(encodePlace(upload('b')));
});

test('without another time, a run has ten seconds; a page that takes all of it is the last one', async () => {
  const { maintenance, asked } = subject([{ listed: [upload('a'), upload('b')], cursor: 'next' }], 4000);
  expect(await maintenance.sweep()).toMatchObject({ examined: 2, more: true });
  expect(asked()).toHaveLength(1);
});

test('a list that takes all of the time: no video is begun, and the next run requests the same page', async () => {
  const { maintenance, clock, asked, everything } = subject([]);
  everything.mockImplementation(async () => {
    clock.advance(8000);
    return { listed: [upload('a')], cursor: 'next' };
  });
  expect(await maintenance.sweep()).toMatchObject({ examined: 0, released: 0, more: true });
  await maintenance.sweep();
  expect(asked()).toEqual([
    { limit: 1000, cursor: first },
    { limit: 1000, cursor: first },
  ]);
});

test('a read and a delete that fail temporarily are retried', async () => {
  const { maintenance, client } = subject([{ listed: [upload('a')] }]);
  const busy = new BackendError('BACKEND_UNAVAILABLE', 'busy');
  client.getVideoDetails.mockRejectedValueOnce(busy);
  client.deleteVideo.mockRejectedValueOnce(busy);
  expect(await maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
  expect([client.getVideoDetails.mock.calls.length, client.deleteVideo.mock.calls.length]).toEqual([2, 2]);
});

test('an upload that is gone when it is read is not deleted', async () => {
  const { maintenance, client } = subject([{ listed: [upload('a')] }]);
  client.getVideoDetails.mockResolvedValue(undefined);
  expect(await maintenance.sweep()).toMatchObject({ examined: 1, released: 0, bytesReleased: 0, failures: [] });
  expect(client.deleteVideo).not.toHaveBeenCalled();
});

test('an unexpected error at one upload is reported as INTERNAL, and the next one is checked; an abort ends the run', async () => {
  const pages = [{ listed: [upload('a'), upload('b')] }];
  const { maintenance, client } = subject(pages);
  client.deleteVideo.mockRejectedValueOnce(new Error('a defect'));
  const failures = [{ id: 'a'.repeat(32), code: 'INTERNAL' }];
  expect(await maintenance.sweep()).toMatchObject({ examined: 2, released: 1, failures });
  const stopped = subject(pages);
  const caller = new AbortController();
  const reason = new Error('gone');
  stopped.client.deleteVideo.mockImplementationOnce(async () => {
    caller.abort(reason);
    throw reason;
  });
  await expect(stopped.maintenance.sweep({ signal: caller.signal })).rejects.toBe(reason);
  expect(stopped.client.deleteVideo).toHaveBeenCalledTimes(1);
});
