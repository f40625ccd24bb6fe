import { expect, test, vi } from 'vitest';
import { ada, ServiceWorld, teacher } from '../test-support/service-world.ts';

const DAY_MS = 86_400_000;

test('every call to a storage gets the deadline, signal and request id of the service call that makes it', async () => {
  const world = new ServiceWorld();
  const { service, storage, clock } = world;
  const orphan = await storage.getUploadUrl({ ...world.request(), userId: 'somebody' });
  await world.send(orphan);
  await storage.confirmUpload(orphan.uploadReference, { userId: 'somebody' });
  const asked = {
    confirmUpload: vi.spyOn(storage, 'confirmUpload'),
    abortUpload: vi.spyOn(storage, 'abortUpload'),
    videoExists: vi.spyOn(storage, 'videoExists'),
    getVideoMetadata: vi.spyOn(storage, 'getVideoMetadata'),
    deleteVideo: vi.spyOn(storage, 'deleteVideo'),
    listVideos: vi.spyOn(storage, 'listVideos'),
    sweep: vi.spyOn(storage.maintenance, 'sweep'),
  };
  const options = { requestId: 'request-7', timeoutMs: 4321, signal: new AbortController().signal };
  const expectOptions = (what: string, ...names: readonly (keyof typeof asked)[]) => {
    const calls = Object.entries(asked).flatMap(([name, { mock }]) => mock.calls.map((given) => ({ name, given })));
    expect([...new Set(calls.map(({ name }) => name))].sort(), what).toEqual([...names].sort());
    for (const { name, given } of calls) {
      const { requestId, timeoutMs, signal } = Object(given.at(-1));
      expect({ requestId, timeoutMs, signal }, `${what}: ${name}`).toEqual(options);
    }
    for (const spy of Object.values(asked)) spy.mockClear();
  };

  await service.sweep({ ...options, deleteOrphans: true });
  clock.advance(DAY_MS);
  await service.sweep({ ...options, deleteOrphans: true });
  expectOptions('a video without a record', 'sweep', 'listVideos', 'deleteVideo');

  await world.ask();
  clock.advance(3 * DAY_MS);
  await service.sweep({ ...options, storages: false });
  expectOptions('an upload that never arrived', 'confirmUpload', 'abortUpload', 'videoExists');

  const early = await world.upload();
  await storage.confirmUpload((await world.record(early)).uploadReference ?? '', { userId: 'ada' });
  asked.confirmUpload.mockClear();
  clock.advance(3 * DAY_MS);
  await service.sweep({ ...options, storages: false });
  expectOptions(
    'an expired upload that is a video',
    ...(['confirmUpload', 'abortUpload', 'videoExists', 'getVideoMetadata'] as const),
  );

  const id = await world.upload();
  await service.confirmUpload(ada, id, {}, options);
  expectOptions('a confirm', 'confirmUpload');
  await service.handleWebhook('memory', await world.webhook(id), options);
  clock.advance(60_000);
  await service.sweep({ ...options, storages: false });
  expectOptions('a video that is processed', 'getVideoMetadata');
  await service.deleteVideo(teacher, id, options);
  expectOptions('a delete', 'deleteVideo');

  await world.ask();
  await service.confirmUpload(ada, await world.upload(), {}, options);
  expectOptions('another confirm', 'confirmUpload');
  await service.eraseUser('ada', options);
  expectOptions('an erasure', 'abortUpload', 'videoExists', 'deleteVideo');
});
