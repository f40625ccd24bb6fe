import { beforeEach, describe, expect, test, vi } from 'vitest';
import { beforeNextUpdate } from '../test-support/before-next-update.ts';
import { codeOf } from '../test-support/code-of.ts';
import { ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

test('an update changes name and custom strings, keeps absent members, and is in history each time', async () => {
  const { videoId } = await world.readyVideo();
  await world.service.updateVideo(teacher, videoId, { fileName: 'Week 1.mp4', custom: { week: '1' } });
  const updated = await world.service.updateVideo(teacher, videoId, { custom: { week: '2' } });
  expect(updated).toMatchObject({ fileName: 'Week 1.mp4', custom: { week: '2' } });
  expect((await world.history(videoId)).slice(-2)).toEqual(['video.updated', 'video.updated']);
  const { entries } = await world.events.list({ events: ['video.updated'], limit: 9 });
  const line = { recordId: videoId, outcome: 'ok', userId: 'ms-byron', role: 'teacher', errorCode: null };
  expect(entries).toMatchObject([
    { ...line, elapsedMs: null },
    { ...line, elapsedMs: null },
  ]);
  expect(world.log.filter(({ event }) => event === 'video.updated')).toMatchObject([
    { level: 'info', videoId, userId: 'ms-byron' },
    { level: 'info', videoId, userId: 'ms-byron' },
  ]);
  const decomposed = { fileName: 'U\u0308bung.mp4' };
  expect(await world.service.updateVideo(teacher, videoId, decomposed)).toMatchObject({
    ...{ fileName: '\u00dcbung.mp4', custom: { week: '2' } },
  });
  const unsafe = { fileName: ` \u200e${'a'.repeat(60_000)}.mp4. ` };
  expect(await world.service.updateVideo(teacher, videoId, unsafe)).toMatchObject({
    fileName: `${'a'.repeat(251)}.mp4`,
  });
  expect(await codeOf(world.service.updateVideo(teacher, videoId, { fileName: '../x' }))).toBe('VALIDATION_FAILED');
  const wrong = { fileName: '../x', custom: { 'A B': '' } };
  await expect(world.service.updateVideo(teacher, videoId, wrong)).rejects.toMatchObject({
    ...{ code: 'VALIDATION_FAILED', problems: [{ path: 'fileName' }, { path: 'custom' }] },
  });
});

describe('an update at the same time as other changes', () => {
  test('is tried again on the new version, and keeps what the other one changed', async () => {
    const { videoId } = await world.readyVideo();
    beforeNextUpdate(world.records, () => world.node().updateVideo(teacher, videoId, { fileName: 'Week 1.mp4' }));
    const updated = await world.service.updateVideo(teacher, videoId, { custom: { week: '1' } });
    expect(updated).toMatchObject({ fileName: 'Week 1.mp4', custom: { week: '1' } });
    expect((await world.history(videoId)).slice(-2)).toEqual(['video.updated', 'video.updated']);
  });

  test('ends after ten tries with a message to try again', async () => {
    const { videoId } = await world.readyVideo();
    const update = vi.spyOn(world.records, 'update').mockResolvedValue(undefined);
    await expect(world.service.updateVideo(teacher, videoId, { fileName: 'x.mp4' })).rejects.toMatchObject({
      ...{ code: 'CONFLICT', message: 'The video is being changed by others; please try again.' },
    });
    expect(update).toHaveBeenCalledTimes(10);
  });

  test('finds no video whose record is gone meanwhile', async () => {
    const { videoId } = await world.readyVideo();
    vi.spyOn(world.records, 'update').mockResolvedValueOnce(undefined);
    const get = world.records.get.bind(world.records);
    let looks = 0;
    vi.spyOn(world.records, 'get').mockImplementation((id) => (looks++ === 0 ? get(id) : Promise.resolve(undefined)));
    expect(await codeOf(world.service.updateVideo(teacher, videoId, { fileName: 'x.mp4' }))).toBe('VIDEO_NOT_FOUND');
  });

  test('changes no video that is deleted meanwhile', async () => {
    const { videoId } = await world.readyVideo();
    beforeNextUpdate(world.records, () => world.node().deleteVideo(teacher, videoId));
    expect(await codeOf(world.service.updateVideo(teacher, videoId, { fileName: 'x.mp4' }))).toBe('VIDEO_NOT_FOUND');
    expect((await world.record(videoId)).fileName).toBe('moov-first.mp4');
  });
});
