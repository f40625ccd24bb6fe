import { BackendError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { claimedHost } from '../test-support/claimed-host.ts';
import { MemoryHost, probedVideo } from '../test-support/memory-host.ts';
import { claimKey, deletionKey, recordKey, uploadKey, videoKey } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const HOUR_MS = 60 * 60 * 1000;
const nothing = { examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false };
const cost = { bytesRead: 1, reads: 1 };

describe('a confirm that was begun', () => {
  test('is finished without its reference after 15 minutes, with all that the request declared', async () => {
    for (const partsFromBytes of [undefined, 1]) {
      const host = await claimedHost({ partsFromBytes });
      host.clock.advance(15 * 60 * 1000 - 1);
      expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
      expect(await host.storage.videoExists(videoId)).toBe(false);
      host.clock.advance(1);
      expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, released: 0, failures: [] });
      const video = await host.storage.getVideoMetadata(videoId);
      expect(video).toMatchObject({
        userId: 'student-1',
        contextId: 'lesson-1',
        custom: { week: '3' },
        durationSeconds: 12.5,
      });
      expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
      // Four fifths of the default deadline of the run.
      expect(host.probes).toEqual([{ timeoutMs: 8000 }]);
    }
  });

  test('needs no work when another process removes its claim meanwhile', async () => {
    const host = await claimedHost();
    host.clock.advance(HOUR_MS);
    host.operations.before = (call) => {
      if (call === `readDocument ${record}`) host.bucket.objects.delete(claim);
    };
    expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 3 });
  });

  test('keeps its video when another process finishes it while this one gives it up', async () => {
    const host = new MemoryHost();
    await host.confirmed();
    const ready = host.bucket.objects.get(record) ?? expect.unreachable();
    host.bucket.objects.delete(record);
    host.clock.advance(49 * HOUR_MS);
    host.operations.before = (call) => {
      if (call === `createDocument ${record}`) host.bucket.objects.set(record, ready);
    };
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 0, failures: [] });
    expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
    expect(host.document(record)).toMatchObject({ state: 'ready' });
  });

  test('is refused when its content contradicts what was declared', async () => {
    const host = await claimedHost();
    host.probed = { ...cost, outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message: 'No.' } };
    host.clock.advance(HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1 });
    expect(host.document(record)).toMatchObject({ state: 'rejected' });
    expect(host.keys).toEqual([claim, record]);
  });

  test('keeps its bytes while its content cannot be determined, until no reference is valid', async () => {
    const host = await claimedHost();
    host.probed = { ...cost, outcome: 'undetermined', reason: 'timeout', message: 'Slow.' };
    host.clock.advance(24 * HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 3 });
    host.clock.advance(24 * HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
    expect(host.document(record)).toMatchObject({ state: 'aborted', videoId });
    expect(host.keys).toEqual([claim, record]);
    host.clock.advance(49 * HOUR_MS);
    await host.storage.maintenance.sweep();
    expect(host.keys).toEqual([]);
  });

  test('is not given up while its reference is valid, however old the claim is by the store’s clock', async () => {
    const host = await claimedHost({ partsFromBytes: 1 });
    host.probed = { ...cost, outcome: 'undetermined', reason: 'unreadable', message: 'Damaged.' };
    host.clock.advance(48 * HOUR_MS - 1);
    const stored = host.bucket.objects.get(claim);
    if (stored !== undefined)
      host.bucket.objects.set(claim, { ...stored, modifiedAtMs: stored.modifiedAtMs - HOUR_MS });
    await host.storage.maintenance.sweep();
    expect(host.keys).not.toContain(record);
    host.clock.advance(1);
    await host.storage.maintenance.sweep();
    expect(host.document(record)).toMatchObject({ state: 'aborted' });
  });

  test('is tried again after its reference has ended when it was begun shortly before', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    host.probed = { ...cost, outcome: 'undetermined', reason: 'unreadable', message: 'Busy.' };
    host.clock.advance(24 * HOUR_MS);
    const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
    await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_UNVERIFIABLE' });
    host.probed = probedVideo;
    host.clock.advance(24 * HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
    expect(host.document(record)).toMatchObject({ state: 'ready' });
  });

  test('is given up in the end when its bytes are gone', async () => {
    const host = await claimedHost();
    for (const key of host.keys.filter((stored) => stored.startsWith('uploads/'))) host.bucket.objects.delete(key);
    host.clock.advance(HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 1 });
    host.clock.advance(48 * HOUR_MS);
    expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ released: 1, failures: [] });
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
    expect(host.document(record)).toMatchObject({ state: 'aborted' });
  });
});

test('an upload that was sent and never confirmed is removed after 48 h, not earlier, and its bytes are counted', async () => {
  const host = new MemoryHost({ partsFromBytes: 20 });
  await host.sent();
  await host.ticket({ uploadId: 'f'.repeat(32), sizeBytes: 20 });
  host.clock.advance(48 * HOUR_MS - 1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2 });
  expect(host.keys).toEqual([uploadKey(uploadId)]);
  host.clock.advance(1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2, released: 2, bytesReleased: 10 });
  expect(host.keys).toEqual([]);
  expect(host.bucket.parts.size).toBe(0);
});

test('a video stays for ever; the claim of its confirm is removed after 48 h', async () => {
  const host = new MemoryHost();
  await host.confirmed();
  host.clock.advance(48 * HOUR_MS - 1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2 });
  expect(host.keys).toContain(claim);
  host.clock.advance(1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2, released: 1 });
  expect(host.keys).toEqual([record, videoKey(videoId)]);
});

test('a decision that is not ready is kept for 49 h, and its record is removed last; a completed deletion is not repeated', async () => {
  const host = new MemoryHost({ purgeAsks: 1 });
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.clock.advance(49 * HOUR_MS - 1);
  await host.storage.maintenance.sweep();
  expect(host.keys).toContain(record);
  host.clock.advance(1);
  host.operations.taken();
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 3, released: 1 });
  const changes = host.operations.taken().filter((call) => !/^(list|readDocument)/.test(call));
  expect(changes).toEqual([
    ...[`freeVersions ${videoId}`, `removeDocument ${claim}`],
    ...[`removeDocument ${claim}.*`, `removeDocument ${record}`],
  ]);
  expect(host.keys).toEqual([]);
});

test.each([claim, `${claim}.*`, record])(
  'a record stays, and is not reported as freed, when %s cannot be removed',
  async (key) => {
    const host = new MemoryHost();
    await host.confirmed();
    await host.storage.deleteVideo(videoId);
    host.clock.advance(49 * HOUR_MS);
    host.operations.before = (call) => {
      if (call === `removeDocument ${key}`) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
    };
    const failures = [{ id: record, code: 'BACKEND_UNAVAILABLE' }];
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 0, failures });
    expect(host.keys).toContain(record);
    host.operations.before = () => {};
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
    expect(host.keys).toEqual([]);
  },
);

test('the document of a deletion that another has replaced, or whose record is gone, is removed after 48 h', async () => {
  const [replaced, alone] = [deletionKey(uploadId, 'a'.repeat(32)), deletionKey('f'.repeat(32), 'a'.repeat(32))];
  const host = new MemoryHost();
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  for (const key of [replaced, alone]) host.bucket.put(key, new TextEncoder().encode('{"version":1,"retained":false}'));
  host.clock.advance(48 * HOUR_MS - 1);
  host.operations.taken();
  expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 0, failures: [] });
  // Before that it costs no request.
  expect(host.operations.taken()).not.toContain(`readDocument ${recordKey('f'.repeat(32))}`);
  host.clock.advance(1);
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ released: 2, failures: [] });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 2, finished: 0, failures: [] });
  const kept = `${claim}.${host.document(record)['purgeId']}`;
  expect(host.keys).toEqual([claim, kept, record]);
});

test('a delete that stopped after its decision is finished; while the edge purges it is repeated', async () => {
  const host = new MemoryHost({ purgeAsks: 2 });
  await host.confirmed();
  host.operations.before = (call) => {
    if (call.startsWith('listVideoKeys')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.deleteVideo(videoId).catch(() => {});
  host.operations.before = () => {};
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toEqual({ ...nothing, examined: 2, finished: 1 });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
});

test('the record of a delete stays, however old, until the edge has purged the video', async () => {
  const host = new MemoryHost({ purgeAsks: 3 });
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.clock.advance(49 * HOUR_MS);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
  expect(host.keys).toContain(record);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
  expect(host.keys).toEqual([]);
});

test('a record that another process removes meanwhile needs no work', async () => {
  const host = new MemoryHost();
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.operations.before = (call) => {
    if (call === `readDocument ${record}`) host.bucket.objects.delete(record);
  };
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, released: 0, failures: [] });
});

test('bytes that a confirm placed after a delete was complete are hidden and purged', async () => {
  const host = new MemoryHost({ purgeAsks: 1 });
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.bucket.put(videoKey(videoId), new Uint8Array(10));
  host.bucket.play(videoKey(videoId));
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1 });
  expect(host.bucket.objects.has(videoKey(videoId))).toBe(false);
  expect(host.bucket.edgeCopies.size).toBe(0);
});

test('versions of keys that a process hid after a delete was complete, before it died, are freed before the record is removed', async () => {
  const host = new MemoryHost({ bucket: { versioned: true } });
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.bucket.put(videoKey(videoId), new Uint8Array(10));
  await host.operations.store.hideKeys([videoKey(videoId)], new AbortController().signal);
  const versions = () => [...host.bucket.versions.keys()].filter((name) => name.startsWith('videos/'));
  host.clock.advance(48 * HOUR_MS);
  await host.storage.maintenance.sweep();
  expect(versions()).toHaveLength(1);
  host.clock.advance(HOUR_MS);
  await host.storage.maintenance.sweep({ dryRun: true });
  expect(versions()).toHaveLength(1);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
  expect(versions()).toEqual([]);
});

test('an abort that stopped after its decision is finished', async () => {
  const host = await claimedHost({ purgeAsks: 1 });
  const ticket = await host.ticket();
  host.bucket.put(videoKey(videoId), new Uint8Array(10));
  host.operations.before = (call) => {
    if (call.startsWith('listVideoKeys')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.abortUpload(ticket.uploadReference, host.user).catch(() => {});
  host.operations.before = () => {};
  host.bucket.play(videoKey(videoId));
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ finished: 1, released: 0 });
  expect(host.keys).toContain(videoKey(videoId));
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
  expect(host.keys).toEqual([claim, record]);
  expect(host.bucket.edgeCopies.size).toBe(0);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
});

test('the last sweep of a refused upload requests a new purge', async () => {
  const host = new MemoryHost({ purgeAsks: 1, partsFromBytes: 1 });
  host.probed = { ...cost, outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message: 'No.' } };
  const ticket = await host.sent();
  const confirm = () => host.storage.confirmUpload(ticket.uploadReference, host.user).catch(() => {});
  await confirm();
  await confirm();
  host.bucket.edgeCopies.set(videoKey(videoId), new Uint8Array(10));
  host.clock.advance(HOUR_MS);
  await host.storage.maintenance.sweep();
  expect(host.bucket.edgeCopies.size).toBe(1);
  host.clock.advance(48 * HOUR_MS);
  await host.storage.maintenance.sweep();
  expect(host.bucket.edgeCopies.size).toBe(0);
  expect(host.keys).toEqual([]);
});

test('an outage while a confirm is finished is a failure of that item, and decides nothing', async () => {
  const host = await claimedHost();
  host.clock.advance(HOUR_MS);
  host.operations.before = (call) => {
    if (call.startsWith('openSource')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  const failures = [{ id: claim, code: 'BACKEND_UNAVAILABLE' }];
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures });
  expect(host.keys).not.toContain(record);
});
