import { BackendError, Logger } from '@videostorage/core';
import { expect, test } from 'vitest';
import { MemoryHost, type MemoryHostOptions } from '../test-support/memory-host.ts';
import { claimKey, recordKey, uploadKey, videoKey, videoPrefix } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];

async function deletable(options: MemoryHostOptions = {}): Promise<MemoryHost> {
  const host = new MemoryHost(options);
  await host.confirmed({ contextId: 'lesson-1', custom: { week: '3' } });
  return host;
}

test('decides, hides, purges; versions and other leftovers are removed last', async () => {
  const host = await deletable({ purgeAsks: 1 });
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
  expect(host.operations.taken()).toEqual([
    `readDocument ${record}`,
    `writeDocument ${record}`,
    `listVideoKeys ${videoId}`,
    `hideKeys ${videoKey(videoId)}`,
    `edge.purge ${videoId}`,
    `freeVersions ${videoId}`,
    `readDocument ${claim}`,
    'discardSource copy',
    'discardUpload',
    `writeDocument ${claim}.*`,
  ]);
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test('while the edge works `purged` is false; a repeated call asks for the same purge, then ends', async () => {
  const host = await deletable({ purgeAsks: 3 });
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: false });
  const first = host.document(record);
  host.operations.taken();
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: false });
  expect(host.operations.taken()).toEqual([
    `readDocument ${record}`,
    `readDocument ${claim}.*`,
    `listVideoKeys ${videoId}`,
    `edge.purge ${videoId}`,
  ]);
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
  expect(host.document(record)).toEqual(first);
  host.operations.taken();
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
  expect(host.operations.taken()).toEqual([`readDocument ${record}`, `readDocument ${claim}.*`]);
});

test('the record of a deleted video contains nothing about its owner', async () => {
  const host = await deletable();
  await host.storage.deleteVideo(videoId);
  const { purgeId, ...rest } = host.document(record);
  expect(purgeId).toMatch(/^[0-9a-f]{32}$/);
  expect(rest).toEqual({ version: 1, state: 'deleted', videoId, decidedAt: '2026-11-24T12:00:00.000Z' });
});

test('renditions are hidden too, another video is not', async () => {
  const host = await deletable({ bucket: { versioned: true } });
  const second = await host.ticket({ uploadId: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' });
  await host.send(second);
  await host.storage.confirmUpload(second.uploadReference, host.user);
  host.bucket.put(`${videoPrefix(videoId)}hls/master.m3u8`, new Uint8Array(1));
  await host.storage.deleteVideo(videoId);
  const left = host.keys.filter((key) => key.startsWith('videos/'));
  expect(left).not.toContain(`${videoPrefix(videoId)}hls/master.m3u8`);
  expect(left).toContain(videoKey(second.videoId));
  expect(host.bucket.versions.size).toBe(0);
});

test('no earlier reference brings a deleted video back', async () => {
  const host = new MemoryHost();
  const { ticket } = await host.confirmed();
  await host.storage.deleteVideo(videoId);
  await host.send(ticket);
  for (const acceptUnverified of [false, true]) {
    const confirm = host.storage.confirmUpload(ticket.uploadReference, { ...host.user, acceptUnverified });
    await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  }
  await host.storage.abortUpload(ticket.uploadReference, host.user);
  expect(host.document(record)['state']).toBe('deleted');
});

test('an upload that was never confirmed is deleted as well, and cannot be confirmed any more', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
  const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(host.keys.filter((key) => key.startsWith(uploadKey(uploadId)))).toEqual([]);
});

test('an id that is used again is purged by its own deletion', async () => {
  const host = await deletable({ purgeAsks: 1 });
  const lives: unknown[] = [];
  for (let life = 0; life < 2; life++) {
    host.bucket.play(videoKey(videoId));
    await host.storage.deleteVideo(videoId);
    lives.push(host.document(record)['purgeId']);
    expect(host.bucket.edgeCopies.size).toBe(0);
    host.clock.advance(49 * 60 * 60 * 1000);
    await host.storage.maintenance.sweep();
    expect(host.keys).toEqual([]);
    await host.confirmed();
  }
  expect(new Set(lives).size).toBe(2);
});

test('bytes that appear after a purge was requested are purged by another one, which is recorded before they are hidden', async () => {
  const host = await deletable({ purgeAsks: 2 });
  await host.storage.deleteVideo(videoId);
  const first = host.document(record)['purgeId'];
  host.bucket.put(videoKey(videoId), new Uint8Array(10));
  host.bucket.play(videoKey(videoId));
  host.operations.taken();
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: false });
  const calls = host.operations.taken();
  expect(calls.indexOf(`writeDocument ${record}`)).toBeLessThan(calls.indexOf(`hideKeys ${videoKey(videoId)}`));
  expect(host.document(record)['purgeId']).not.toBe(first);
  expect(host.bucket.edgeCopies.size).toBe(0);
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
});

test('versions that may not be removed are reported as retained each time; the video stays hidden and purged', async () => {
  const host = await deletable({ purgeAsks: 1, bucket: { versioned: true, locked: true } });
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true, retained: true });
  expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true, retained: true });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test.each([
  'writeDocument records',
  'listVideoKeys',
  'hideKeys',
  'edge.purge',
  'freeVersions',
  'readDocument claims',
  'discardSource',
  'discardUpload',
  'writeDocument claims',
])('`%s` fails: from the decision on the video is not visible, and a repeated call finishes it', async (failing) => {
  for (const when of ['before', 'after'] as const) {
    const host = await deletable({ purgeAsks: 1, bucket: { versioned: true } });
    host.bucket.play(videoKey(videoId));
    host.operations[when] = (call) => {
      if (call.startsWith(failing)) throw new BackendError('BACKEND_REFUSED', 'No.');
    };
    await expect(host.storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    host.operations[when] = () => {};
    const isUndecided = failing === 'writeDocument records' && when === 'before';
    expect(await host.storage.videoExists(videoId)).toBe(isUndecided);
    expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
    expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
    expect(host.bucket.edgeCopies.size).toBe(0);
    expect(host.bucket.versions.size).toBe(0);
  }
});

test('many videos cost three requests each and the shared ones; then only the pending ones cost requests', async () => {
  const host = new MemoryHost({ purgeAsks: 2, maxPurges: 1000 });
  const ids: string[] = [];
  for (let number = 1; number <= 40; number++) {
    const ticket = await host.sent({ uploadId: number.toString(16).padStart(32, '0') });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    ids.push(ticket.videoId);
  }
  host.operations.taken();
  expect(await host.storage.deleteVideos([...ids, ...ids])).toEqual({ purged: false });
  const first = host.operations.taken();
  expect(first.length).toBe(40 * 3 + 2);
  expect(first.filter((call) => call.startsWith('hideKeys'))).toHaveLength(1);
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: true });
  host.operations.taken();
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: true });
  expect(host.operations.taken()).toEqual([]);
  // Another process reads for each video that it was deleted, and that the deletion is complete.
  const other = host.inAnotherProcess();
  expect(await other.deleteVideos(ids)).toEqual({ purged: true });
  expect(host.operations.taken().length).toBe(80);
  expect(await other.deleteVideos(ids)).toEqual({ purged: true });
  expect(host.operations.taken()).toEqual([]);
});

test('when a call fails at one of many videos, those that it reached before are hidden, two hundred together', async () => {
  const host = new MemoryHost();
  const ids = Array.from({ length: 401 }, (_, index) => `${index.toString(16).padStart(32, '0')}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  host.operations.before = (call) => {
    if (call === `listVideoKeys ${ids[400]}`) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await expect(host.storage.deleteVideos(ids)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([videoKey(String(ids[400]))]);
  const hidden = host.operations.taken().filter((call) => call.startsWith('hideKeys'));
  expect(hidden.map((call) => call.split(' ').length - 1)).toEqual([200, 200]);
});

test('when two of two hundred videos fail, the decided ones are hidden; the first failure is thrown, and no others are begun', async () => {
  const host = new MemoryHost();
  const ids = Array.from({ length: 100 }, (_, index) => `${index.toString(16).padStart(32, '0')}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  const decided = new Set<string>();
  host.operations.before = (call) => {
    const [, id = ''] = /^writeDocument records\/([0-9a-f]{32})/.exec(call) ?? [];
    if (id !== '') decided.add(id);
    if (call === `listVideoKeys ${ids[20]}`) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
    if (call === `listVideoKeys ${ids[21]}`) throw new BackendError('BACKEND_REFUSED', 'No.');
  };
  await expect(host.storage.deleteVideos(ids)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  const playable = ids.filter((id) => host.keys.includes(videoKey(id)));
  expect(decided.size).toBeGreaterThan(2);
  expect(decided.size).toBeLessThan(ids.length);
  expect(playable.filter((id) => decided.has(id.slice(0, 32)))).toEqual([ids[20], ids[21]]);
});

test('all of many videos are hidden by the first call, although the edge takes one at a time and is not done', async () => {
  const host = new MemoryHost({ purgeAsks: 2, maxPurges: 1 });
  const ids = Array.from({ length: 401 }, (_, index) => `${index.toString(16).padStart(32, '0')}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: false });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test('a video that could not be hidden is hidden by the next call of the same process, although the edge is not done', async () => {
  const host = new MemoryHost({ purgeAsks: 3, maxPurges: 1 });
  const ids = ['1', '2'].map((digit) => `${digit.repeat(32)}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  host.operations.before = (call) => {
    if (call.startsWith('hideKeys')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await expect(host.storage.deleteVideos(ids)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  host.operations.before = () => {};
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: false });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test('an edge that accepts few videos at a time gets the next ones when these are done', async () => {
  const host = new MemoryHost({ purgeAsks: 2, maxPurges: 2 });
  const ids: string[] = [];
  for (let number = 3; number >= 1; number--) {
    const ticket = await host.sent({ uploadId: number.toString(16).padStart(32, '0') });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    ids.push(ticket.videoId);
  }
  const purges = () => host.operations.taken().filter((call) => call.startsWith('edge.purge'));
  purges();
  const [third, second, first] = ids;
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: false });
  expect(purges()).toEqual([`edge.purge ${first} ${second}`]);
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: false });
  expect(purges()).toEqual([`edge.purge ${first} ${second}`, `edge.purge ${third}`]);
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: true });
  expect(purges()).toEqual([`edge.purge ${third}`]);
});

test('a repeated call reads only the videos whose purge may begin; one that is gone by then costs no purge', async () => {
  const host = new MemoryHost({ purgeAsks: 2, maxPurges: 2 });
  const ids = ['1', '2', '3', '4', '5'].map((digit) => `${digit.repeat(32)}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  const [, , third, fourth, fifth] = ids;
  const asked = async () => {
    host.operations.taken();
    const { purged } = await host.storage.deleteVideos(ids);
    const calls = host.operations.taken();
    const looked = calls.flatMap((call) => /^readDocument records\/(\w)/.exec(call)?.[1] ?? []);
    return [purged, looked.join(''), ...calls.filter((call) => call.startsWith('edge.purge'))];
  };
  expect(await asked()).toEqual([false, '12345', `edge.purge ${ids[0]} ${ids[1]}`]);
  // The first two are done in this call, so the purge of the next two begins.
  expect(await asked()).toEqual([false, '1234', `edge.purge ${ids[0]} ${ids[1]}`, `edge.purge ${third} ${fourth}`]);
  const other = host.inAnotherProcess();
  while (!(await other.deleteVideo(`${fifth}`)).purged);
  expect(await asked()).toEqual([true, '345', `edge.purge ${third} ${fourth}`]);
  expect(await asked()).toEqual([true, '']);
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test('a video that is done takes no place among those that the edge accepts at a time', async () => {
  const host = new MemoryHost({ purgeAsks: 1, maxPurges: 2 });
  const ids = ['1', '2', '3'].map((digit) => `${digit.repeat(32)}-mp4`);
  for (const id of ids) host.bucket.put(videoKey(id), new Uint8Array(1));
  expect(await host.storage.deleteVideos(ids.slice(0, 1))).toEqual({ purged: true });
  host.operations.taken();
  expect(await host.storage.deleteVideos(ids)).toEqual({ purged: true });
  const purges = host.operations.taken().filter((call) => call.startsWith('edge.purge'));
  expect(purges).toEqual([`edge.purge ${ids[1]} ${ids[2]}`]);
});

test('a key that is added to a hidden video before its purge begins is hidden, and purged by a new purge', async () => {
  const host = new MemoryHost({ purgeAsks: 2, maxPurges: 1 });
  const [first = '', second = ''] = ['1', '2'].map((digit) => `${digit.repeat(32)}-mp4`);
  for (const id of [first, second]) host.bucket.put(videoKey(id), new Uint8Array(1));
  await host.storage.deleteVideos([first, second]);
  const decided = host.document(recordKey('2'.repeat(32)));
  host.bucket.put(videoKey(second), new Uint8Array(1));
  for (let call = 0; call < 3; call++) await host.storage.deleteVideos([first, second]);
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
  expect(host.document(recordKey('2'.repeat(32)))['purgeId']).not.toBe(decided['purgeId']);
});

test('deleting many videos reports whether versions are retained, and logs the deleted ones', async () => {
  const host = await deletable({ bucket: { versioned: true, locked: true } });
  expect(await host.storage.deleteVideos([videoId])).toEqual({ purged: true, retained: true });
  expect(await host.storage.deleteVideos([videoId])).toEqual({ purged: true, retained: true });
  expect(await host.storage.deleteVideos([])).toEqual({ purged: true });
});

test('a video of more keys than one page has is hidden wholly, a thousand at a time', async () => {
  const host = await deletable();
  for (let number = 0; number < 2100; number++) {
    host.bucket.put(`${videoPrefix(videoId)}hls/${String(number).padStart(5, '0')}.ts`, new Uint8Array(1));
  }
  await host.storage.deleteVideo(videoId);
  const hidden = host.operations.taken().filter((call) => call.startsWith('hideKeys'));
  expect(hidden.map((call) => call.split(' ').length - 1)).toEqual([1000, 1000, 101]);
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
});

test('a delete has no reference, so it releases the parts of an upload by the state in its claim', async () => {
  const host = await deletable({ partsFromBytes: 1 });
  await host.storage.deleteVideo(videoId);
  const discards = host.operations.taken().filter((call) => call.startsWith('discard'));
  expect(discards).toEqual(['discardSource parts', 'discardUpload', 'discardUpload']);
});

test('deleting many logs each video once it is purged, and not before', async () => {
  const logged: unknown[] = [];
  const logger = new Logger({
    sink: ({ level, event, videoId, requestId }) => void logged.push([level, event, videoId, requestId]),
  });
  const host = await deletable({ purgeAsks: 2, logger });
  logged.length = 0;
  await host.storage.deleteVideos([videoId], { requestId: 'request-1' });
  expect(logged).toEqual([]);
  await host.storage.deleteVideos([videoId], { requestId: 'request-1' });
  expect(logged).toEqual([['info', 'video.deleted', videoId, 'request-1']]);
});

test('the purges of many videos are requested in one order, in whatever order the caller names them', async () => {
  const ids = ['a', 'b', 'c', 'd'].map((digit) => `${digit.repeat(32)}-mp4`);
  for (const order of [ids, [...ids].reverse(), [ids[2], ids[0], ids[3], ids[1]]]) {
    const host = new MemoryHost({ purgeAsks: 1, maxPurges: 2 });
    await host.storage.deleteVideos(order.map(String));
    const purges = host.operations.taken().filter((call) => call.startsWith('edge.purge'));
    expect(purges).toEqual([`edge.purge ${ids[0]} ${ids[1]}`, `edge.purge ${ids[2]} ${ids[3]}`]);
  }
});
