import { BackendError, Logger } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';
import { ProcessingLooks } from './processing-looks.ts';
import type { VideoRecord } from './video-record.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const processing = async (actor = ada) => {
  const id = await world.upload(actor);
  await world.service.confirmUpload(actor, id);
  return id;
};
const lookedAt = () => vi.spyOn(world.storage, 'getVideoMetadata');
const status = async (id: string) => (await world.service.getVideo(ada, id)).status;

test('reading a video that is being processed shows when it is ready, without webhook or sweep; its hook runs once', async () => {
  const id = await processing();
  expect(await status(id)).toBe('processing');
  world.storage.provider.settle();
  world.clock.advance(2000);
  expect(await status(id)).toBe('ready');
  expect(await status(id)).toBe('ready');
  expect(world.hookCalls).toMatchObject([{ hook: 'ready', id }]);
  expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed', 'video.ready']);
});

test('a repeated confirm shows it as well', async () => {
  const id = await processing();
  world.storage.provider.settle();
  expect(await world.service.confirmUpload(ada, id)).toMatchObject({ status: 'ready' });
});

test('the storage is queried at most once in 2 seconds about a video, by any number of callers', async () => {
  const ids = [await processing(), await processing()];
  const look = lookedAt();
  const poll = () =>
    Promise.all(
      ids.flatMap((id) => [
        ...[world.service.getVideo(ada, id), world.service.getVideo(teacher, id)],
        ...[world.service.confirmUpload(ada, id), world.service.getVideo(ada, id)],
      ]),
    );
  await poll();
  expect(look).toHaveBeenCalledTimes(2);
  world.clock.advance(1999);
  await poll();
  expect(look).toHaveBeenCalledTimes(2);
  world.clock.advance(1);
  await poll();
  expect(look).toHaveBeenCalledTimes(4);
});

test('the longer the processing takes, the less often it is queried: after an eighth of the age, at most a minute', async () => {
  const id = await processing();
  const look = lookedAt();
  const looks: number[] = [];
  for (let second = 0; second <= 900; second += 1) {
    look.mockClear();
    await status(id);
    if (look.mock.calls.length > 0) looks.push(second);
    world.clock.advance(1000);
  }
  const waits = looks.slice(1).map((second, index) => second - (looks[index] ?? 0));
  expect(waits.slice(0, 8)).toEqual(Array(8).fill(2));
  expect(Math.max(...waits)).toBe(60);
  expect(waits).toEqual(waits.toSorted((one, other) => one - other));
  expect(looks.length).toBeLessThan(50);
});

test('a query has the options of the call, including getters of a class, and a deadline of its own', async () => {
  const id = await processing();
  const look = lookedAt();
  class Call {
    readonly timeoutMs = 60_000;
    get requestId() {
      return 'r-1';
    }
  }
  await world.service.getVideo(ada, id, new Call());
  const options = look.mock.lastCall?.[1];
  expect([options?.requestId, options?.timeoutMs]).toEqual(['r-1', 2000]);
});

test('a clock that is set back does not stop the queries', async () => {
  const id = await processing();
  await status(id);
  const look = lookedAt();
  world.clock.advance(-3_600_000);
  await status(id);
  expect(look).toHaveBeenCalledTimes(1);
});

test('one storage is queried at most 60 times a minute for all videos together; for the others the record is returned', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 62; index += 1) ids.push(await processing());
  const look = lookedAt();
  for (const id of ids) expect(await status(id)).toBe('processing');
  expect(look).toHaveBeenCalledTimes(60);
  world.clock.advance(60_000);
  expect(await status(ids[61] ?? '')).toBe('processing');
  expect(look).toHaveBeenCalledTimes(61);
});

test('10 000 videos are remembered: beyond that the earliest may be queried again too early, and memory does not grow', async () => {
  const reconcile = vi.fn(async (record: VideoRecord) => ({ record, moved: false }));
  const looks = new ProcessingLooks({
    ...{ reconciler: { reconcile }, transitions: { completeOrLeave: vi.fn() } },
    ...{ logger: new Logger(), clock: world.clock },
  });
  const record = await world.record(await processing());
  const look = (id: string, backendName: string) => looks.look({ ...record, id, backendName }, {});
  const asked = () => reconcile.mock.calls.filter(([{ id }]) => id === 'first').length;
  await look('first', 'memory');
  for (let index = 0; index < 9_999; index += 1) await look(`other-${index}`, 'other');
  await look('first', 'memory');
  expect(asked()).toBe(1);
  await look('one more', 'other');
  await look('first', 'memory');
  expect(asked()).toBe(2);
  for (let index = 1; index < 9_999; index += 1) await look(`another-${index}`, 'other');
  world.clock.advance(60_000);
  await look('first', 'memory');
  expect(asked()).toBe(3);
  // It was queried again: the earliest is now another one.
  for (const id of ['two more', 'three more']) await look(id, 'other');
  await look('first', 'memory');
  expect(asked()).toBe(3);
});

test('an outage does not reach the caller: the record is returned, and the failure is logged', async () => {
  const id = await processing();
  const look = lookedAt().mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  expect(await status(id)).toBe('processing');
  expect(await world.service.confirmUpload(ada, id)).toMatchObject({ status: 'processing' });
  expect(look).toHaveBeenCalledExactlyOnceWith(expect.any(String), expect.objectContaining({ timeoutMs: 2000 }));
  const failed = world.log.filter(({ event }) => event === 'request.failed');
  expect(failed).toMatchObject([{ level: 'warn', videoId: id, code: 'BACKEND_UNAVAILABLE', operation: 'getVideo' }]);
});

test('a caller who has aborted gets the abort reason', async () => {
  const id = await processing();
  const reason = new Error('the browser hung up');
  await expect(world.service.getVideo(ada, id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('the storage is not queried for an actor who may not read the video, nor for a video that is not being processed', async () => {
  const id = await processing();
  const { videoId } = await world.readyVideo();
  const look = lookedAt();
  expect(await codeOf(world.service.getVideo(bob, id))).toBe('VIDEO_NOT_FOUND');
  await status(videoId);
  expect(look).not.toHaveBeenCalled();
});
