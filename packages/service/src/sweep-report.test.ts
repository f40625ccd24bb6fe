import type { UploadTicket, Usage } from '@videostorage/core';
import { MemoryStorage, sendTicket } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

test('the bytes that a run frees are priced once for each storage, since some providers bill whole blocks, and at least one', async () => {
  const world = new ServiceWorld();
  const block = film.length;
  const sold = (monthlyUsd: (storedBytes: number) => number) => {
    const storage = new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] });
    const estimate = storage.estimateCost({ storedBytes: 0, views: 0 });
    vi.spyOn(storage, 'estimateCost').mockImplementation(({ storedBytes }) => ({
      ...estimate,
      monthlyUsd: monthlyUsd(storedBytes),
    }));
    return storage;
  };
  const inBlocks = sold((bytes) => 5 * Math.max(1, Math.ceil(bytes / (2 * block))));
  const byBytes = Object.defineProperty(
    sold((bytes) => 7 + bytes / block),
    'backendName',
    { value: 'by bytes' },
  );
  for (const each of [inBlocks, byBytes]) {
    const swept = { examined: 1, finished: 0, released: 1, failures: [], more: false };
    vi.spyOn(each.maintenance, 'sweep').mockResolvedValue({ ...swept, bytesReleased: 3 * block });
  }
  const service = world.node({ storages: [inBlocks, byBytes], retainFor: () => 0 });
  for (let index = 0; index < 3; index += 1) {
    const ticket = await service.getUploadUrl(ada, world.request());
    await sendTicket(ticket, film, world.request().mimeType, { fetch: (sent) => inBlocks.fetch(sent) });
    await service.confirmUpload(ada, ticket.uploadReference);
  }
  // Six films are three blocks, of which one is billed in any case; at the other storage three films.
  const report = { bytesReleased: 9 * block, usdPerMonthReleased: 10 + 3 };
  expect(await service.sweep()).toMatchObject(report);
  expect(JSON.parse(world.log.at(-1)?.message ?? '')).toMatchObject(report);
});

test('a run names the videos whose retention ended, the oldest of each status first, and a dry run those of the next run', async () => {
  const world = new ServiceWorld({ retainFor: () => 1 });
  const ready: string[] = [];
  for (let index = 0; index < 3; index += 1) ready.push((await world.readyVideo()).videoId);
  const processing = await world.upload();
  await world.service.confirmUpload(ada, processing);
  world.clock.advance(2 * 24 * 3600 * 1000);
  const some = { limit: 3, storages: false };
  const retentionEndedIds = [processing, ...ready.slice(0, 2)];
  expect(await world.service.sweep({ ...some, dryRun: true })).toMatchObject({ retentionEndedIds });
  expect(await world.service.sweep(some)).toMatchObject({ retentionEndedIds });
  // Of ids there may be thousands, and log records are short.
  expect(world.log.at(-1)).toMatchObject({ event: 'sweep.finished', message: expect.not.stringContaining(processing) });
});

test('bytes that a storage may not remove yet are not freed by a delete that the sweep completes', async () => {
  const world = new ServiceWorld();
  const { videoId } = await world.readyVideo();
  const remove = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, videoId);
  remove.mockResolvedValueOnce({ purged: true, retained: true });
  expect(await world.sweepLater(60)).toMatchObject({ deleted: 1, bytesReleased: 0, failures: [] });
});

test('a dry run counts no bytes for an abort, since nothing was confirmed', async () => {
  const world = new ServiceWorld();
  vi.spyOn(world.storage, 'abortUpload').mockRejectedValue(new Error('the storage is down'));
  await world.service.abortUpload(ada, (await world.ask()).uploadReference).catch(() => undefined);
  world.clock.advance(60_000);
  expect(await world.service.sweep({ dryRun: true })).toMatchObject({ deleted: 1, bytesReleased: 0 });
});

test('a dry run names a delete whose storage is not injected any more as a failure, and plans nothing', async () => {
  const world = new ServiceWorld();
  const { videoId } = await world.readyVideo();
  vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, videoId);
  world.clock.advance(60_000);
  const before = await world.record(videoId);
  const service = world.node({ storages: [swept(world, 'another', {})] });
  const failures = [{ id: videoId, code: 'MISCONFIGURED' }];
  expect(await service.sweep({ dryRun: true, storages: false })).toMatchObject({ examined: 1, deleted: 0, failures });
  expect(await world.record(videoId)).toEqual(before);
});

/** A storage of a host app, whose own sweep reports freed bytes. */
function swept(world: ServiceWorld, backendName: string, answer: object): MemoryStorage {
  const storage = new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] });
  const nothing = { examined: 1, finished: 0, released: 1, bytesReleased: 1e12, failures: [], more: false };
  vi.spyOn(storage.maintenance, 'sweep').mockResolvedValue({ ...nothing, ...answer });
  return Object.defineProperty(storage, 'backendName', { value: backendName });
}

test.each<[string, () => unknown, string]>([
  ['throws', () => Reflect.get(Object(undefined), 'prices')(), 'INTERNAL'],
  ['is not a number', () => ({ monthlyUsd: Number.NaN }), 'MISCONFIGURED'],
  ['is endless', () => ({ monthlyUsd: Number.POSITIVE_INFINITY }), 'MISCONFIGURED'],
  ['is text', () => ({ monthlyUsd: '5' }), 'MISCONFIGURED'],
  ['is below 0', () => ({ monthlyUsd: -1 }), 'MISCONFIGURED'],
  ['is missing', () => undefined, 'INTERNAL'],
])('an estimate that %s fails alone: the rest is priced, and the run is reported', async (_name, answer, code) => {
  const world = new ServiceWorld();
  const wrong = swept(world, 'wrong', {});
  Object.defineProperty(wrong, 'estimateCost', { value: answer });
  const sound = swept(world, 'sound', {});
  const estimate = sound.estimateCost({ storedBytes: 0, views: 0 });
  const priced = ({ storedBytes }: Usage) => ({ ...estimate, monthlyUsd: 7 + storedBytes / 1e12 });
  vi.spyOn(sound, 'estimateCost').mockImplementation(priced);
  const report = await world.node({ storages: [wrong, sound] }).sweep();
  expect(report).toMatchObject({ bytesReleased: 2e12, usdPerMonthReleased: 1, failures: [{ id: 'wrong', code }] });
  expect(world.log.slice(-2)).toMatchObject([
    { level: 'warn', event: 'request.failed', backendName: 'wrong', operation: 'sweep', code },
    { event: 'sweep.finished' },
  ]);
});

test('an estimate that falls with the stored bytes does not reduce the savings at the other storages', async () => {
  const world = new ServiceWorld();
  const storages: [MemoryStorage, MemoryStorage] = [swept(world, 'by bytes', {}), swept(world, 'cheaper', {})];
  for (const [storage, perByte] of [
    [storages[0], 2],
    [storages[1], -3],
  ] as const) {
    const estimate = storage.estimateCost({ storedBytes: 0, views: 0 });
    const priced = ({ storedBytes }: Usage) => ({ ...estimate, monthlyUsd: 7 + (storedBytes / 1e12) * perByte });
    vi.spyOn(storage, 'estimateCost').mockImplementation(priced);
  }
  expect(await world.node({ storages }).sweep()).toMatchObject({ usdPerMonthReleased: 2, failures: [] });
});

test.each([
  ['examined', { examined: 0, bytesReleased: 1e12 }],
  ['bytesReleased', { examined: 1, bytesReleased: 0 }],
])(
  'a value of %s that is not a number of at least 0 adds nothing and is reported as a failure',
  async (name, counted) => {
    for (const value of [Number.NaN, undefined, -1, '7', Number.POSITIVE_INFINITY, 7n]) {
      const world = new ServiceWorld();
      const storages: [MemoryStorage, MemoryStorage] = [swept(world, 'wrong', { [name]: value }), world.storage];
      const { videoId } = await world.readyVideo();
      const service = world.node({ storages, retainFor: () => 0 });
      const report = await service.sweep();
      expect(report).toMatchObject({
        ...{ failures: [{ id: 'wrong', code: 'MISCONFIGURED' }], retentionEnded: 1, deleted: 1 },
        ...{ examined: counted.examined, bytesReleased: counted.bytesReleased + film.length },
      });
      expect(JSON.parse(world.log.at(-1)?.message ?? '')).toMatchObject({ examined: counted.examined });
      expect(await world.record(videoId)).toMatchObject({ status: 'deleted' });
      await expect(service.getVideo(teacher, videoId)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    }
  },
);

test('what a delete, the end of a retention and a video without a record free is priced by the storage that held it', async () => {
  const world = new ServiceWorld();
  const archive = new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] });
  Object.defineProperty(archive, 'backendName', { value: 'archive' });
  const storages: [MemoryStorage, MemoryStorage] = [world.storage, archive];
  for (const storage of storages) {
    const estimate = storage.estimateCost({ storedBytes: 0, views: 0 });
    const usdPerFilm = storage === archive ? 1 : 100;
    const priced = ({ storedBytes }: Usage) => ({ ...estimate, monthlyUsd: (storedBytes / film.length) * usdPerFilm });
    vi.spyOn(storage, 'estimateCost').mockImplementation(priced);
  }
  const send = (ticket: UploadTicket) =>
    sendTicket(ticket, film, world.request().mimeType, { fetch: (sent) => archive.fetch(sent) });
  let days: number | 'forever' = 'forever';
  const service = world.node({ storages, chooseBackend: () => 'archive', retainFor: () => days });
  const confirmed = async () => {
    const ticket = await service.getUploadUrl(ada, world.request());
    await send(ticket);
    await service.confirmUpload(ada, ticket.uploadReference);
    return ticket.videoId;
  };
  const orphan = await archive.getUploadUrl({ ...world.request(), userId: 'somebody' });
  await send(orphan);
  await archive.confirmUpload(orphan.uploadReference, { userId: 'somebody' });
  await service.sweep();
  world.clock.advance(24 * 3600 * 1000);
  const deleted = await confirmed();
  vi.spyOn(archive, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await service.deleteVideo(teacher, deleted);
  world.clock.advance(10_000);
  const freed = { bytesReleased: film.length, usdPerMonthReleased: 1 };
  expect(await service.sweep({ dryRun: true, storages: false })).toMatchObject({ deleted: 1, ...freed });
  expect(await service.sweep()).toMatchObject({ deleted: 1, retentionEnded: 0, ...freed });
  await confirmed();
  days = 0;
  expect(await service.sweep({ dryRun: true, storages: false })).toMatchObject({ retentionEnded: 1, ...freed });
  expect(await service.sweep()).toMatchObject({ deleted: 1, retentionEnded: 1, ...freed });
  expect(await service.sweep({ deleteOrphans: true })).toMatchObject({ orphansDeleted: 1, ...freed });
});
