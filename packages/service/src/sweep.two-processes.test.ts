import { beforeEach, expect, test, vi } from 'vitest';
import { ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { ServiceSweepOptions } from './service-sweep-options.ts';
import type { SweepReport } from './sweep-report.ts';

const DAY_MS = 86_400_000;

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const fourVideos = async () => {
  const videos = [
    await world.readyVideo(),
    await world.readyVideo(),
    await world.readyVideo(),
    await world.readyVideo(),
  ];
  return videos.map(({ videoId }) => videoId);
};
const sweepTwice = (options: ServiceSweepOptions = {}) =>
  Promise.all([world.node(), world.node()].map((node) => node.sweep(options)));
const sum = (reports: readonly SweepReport[], name: 'deleted' | 'retentionEnded') =>
  reports.reduce((total, report) => total + report[name], 0);

/** Each of them is deleted once at the storage, and reported once in history and to the host app. */
async function expectOneDeletionEach(ids: readonly string[], deletions: number): Promise<void> {
  expect(deletions).toBe(ids.length);
  const reported = world.hookCalls.filter(({ hook }) => hook === 'deleted').map(({ id }) => id);
  expect(reported.sort()).toEqual([...ids].sort());
  for (const id of ids) {
    expect((await world.history(id)).slice(-2)).toEqual(['video.delete_requested', 'video.deleted']);
  }
}

test('T-K3: videos whose retention has ended are deleted once by two processes that sweep at the same time', async () => {
  world = new ServiceWorld({ retainFor: () => 1 });
  const ids = await fourVideos();
  world.clock.advance(2 * DAY_MS);
  const remove = vi.spyOn(world.storage, 'deleteVideo');
  const reports = await sweepTwice();
  expect([sum(reports, 'retentionEnded'), sum(reports, 'deleted')]).toEqual([4, 4]);
  await expectOneDeletionEach(ids, remove.mock.calls.length);
});

test('T-K3: deletes that were not complete are completed once by two processes that sweep at once', async () => {
  const ids = await fourVideos();
  const remove = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
  for (const id of ids) await world.service.deleteVideo(teacher, id);
  remove.mockRestore();
  const again = vi.spyOn(world.storage, 'deleteVideo');
  world.clock.advance(60_000);
  expect(sum(await sweepTwice(), 'deleted')).toBe(4);
  await expectOneDeletionEach(ids, again.mock.calls.length);
});

test('T-K3: a video without a record that two processes delete at the same time is gone, and neither process fails', async () => {
  const ticket = await world.storage.getUploadUrl({ ...world.request(), userId: 'somebody' });
  await world.send(ticket);
  await world.storage.confirmUpload(ticket.uploadReference, { userId: 'somebody' });
  await world.service.sweep();
  world.clock.advance(DAY_MS);
  const reports = await sweepTwice({ deleteOrphans: true });
  expect(reports.map(({ failures }) => failures)).toEqual([[], []]);
  expect(await world.storage.videoExists(ticket.videoId)).toBe(false);
  expect(await world.service.sweep()).toMatchObject({ orphansFound: 0 });
});
