import { BackendError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { MemoryHost, probedVideo } from '../test-support/memory-host.ts';
import { claimKey, recordKey, uploadKey, videoKey } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const HOUR_MS = 60 * 60 * 1000;
const nothing = { examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false };
const cost = { bytesRead: 1, reads: 1 };

/** A confirm that stops after its election. */
async function claimed(options = {}): Promise<MemoryHost> {
  const host = new MemoryHost(options);
  const ticket = await host.sent({ contextId: 'lesson-1', custom: { week: '3' } });
  host.wire.before = (call) => {
    if (call.startsWith('openSource') || call.startsWith('placeSource'))
      throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.confirmUpload(ticket.uploadReference, host.user).catch(() => {});
  host.wire.before = () => {};
  host.wire.taken();
  return host;
}

test('an empty store has nothing to sweep', async () => {
  expect(await new MemoryHost().storage.maintenance.sweep()).toEqual(nothing);
});

describe('a confirm that was begun', () => {
  test('is finished without its reference after 15 minutes, with all that the request declared', async () => {
    for (const partsFromBytes of [undefined, 1]) {
      const host = await claimed({ partsFromBytes });
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
    }
  });

  test('is refused where its content contradicts what was declared', async () => {
    const host = await claimed();
    host.probed = { ...cost, outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message: 'No.' } };
    host.clock.advance(HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1 });
    expect(host.document(record)).toMatchObject({ state: 'rejected' });
    expect(host.keys).toEqual([claim, record]);
  });

  test('keeps its bytes while its content cannot be determined, and loses them when no reference is left', async () => {
    const host = await claimed();
    host.probed = { ...cost, outcome: 'undetermined', reason: 'timeout', message: 'Slow.' };
    host.clock.advance(24 * HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 3 });
    host.clock.advance(24 * HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 1, failures: [] });
    expect(host.document(record)).toMatchObject({ state: 'aborted', videoId });
    expect(host.keys).toEqual([claim, record]);
    host.clock.advance(48 * HOUR_MS);
    await host.storage.maintenance.sweep();
    expect(host.keys).toEqual([]);
  });

  test('of which the reference is still valid is not given up, however old the claim is by the store', async () => {
    const host = await claimed({ partsFromBytes: 1 });
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

  test('that was made late in the life of its reference is tried again after the reference has ended', async () => {
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

  test('whose bytes are gone is given up in the end', async () => {
    const host = await claimed();
    for (const key of host.keys.filter((stored) => stored.startsWith('uploads/'))) host.bucket.objects.delete(key);
    host.clock.advance(HOUR_MS);
    expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 1 });
    host.clock.advance(48 * HOUR_MS);
    await host.storage.maintenance.sweep();
    expect(host.document(record)).toMatchObject({ state: 'aborted' });
  });
});

test('what was sent and never confirmed goes after 48 h, not earlier, and its bytes are counted', async () => {
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

test('a video stays for ever; the claim of its confirm goes after 48 h', async () => {
  const host = new MemoryHost();
  await host.confirmed();
  host.clock.advance(48 * HOUR_MS - 1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2 });
  expect(host.keys).toContain(claim);
  host.clock.advance(1);
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2, released: 1 });
  expect(host.keys).toEqual([record, videoKey(videoId)]);
});

test('a decision that is not ready is remembered for 48 h, its record removed last', async () => {
  const host = new MemoryHost({ purgeAsks: 1 });
  await host.confirmed();
  await host.storage.deleteVideo(videoId);
  host.clock.advance(48 * HOUR_MS - 1);
  await host.storage.maintenance.sweep();
  expect(host.keys).toContain(record);
  host.clock.advance(1);
  host.wire.taken();
  await host.storage.maintenance.sweep();
  expect(
    host.wire
      .taken()
      .filter((call) => call.startsWith('removeDocument'))
      .at(-1),
  ).toBe(`removeDocument ${record}`);
  expect(host.keys).toEqual([]);
});

test('a delete that stopped after its decision is finished; while the edge works it is begun again', async () => {
  const host = new MemoryHost({ purgeAsks: 2 });
  await host.confirmed();
  host.wire.before = (call) => {
    if (call.startsWith('listVideoKeys')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.deleteVideo(videoId).catch(() => {});
  host.wire.before = () => {};
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
  expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
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

test('an abort that stopped after its decision is finished', async () => {
  const host = await claimed({ purgeAsks: 1 });
  const ticket = await host.ticket();
  host.bucket.put(videoKey(videoId), new Uint8Array(10));
  host.wire.before = (call) => {
    if (call.startsWith('readDocument claims')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  await host.storage.abortUpload(ticket.uploadReference, host.user).catch(() => {});
  host.wire.before = () => {};
  host.bucket.play(videoKey(videoId));
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 1, failures: [] });
  expect(host.keys).toEqual([claim, record]);
  expect(host.bucket.edgeCopies.size).toBe(0);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures: [] });
});

test('the last sweep of a refused upload asks for a purge of its own', async () => {
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
  host.clock.advance(47 * HOUR_MS);
  await host.storage.maintenance.sweep();
  expect(host.bucket.edgeCopies.size).toBe(0);
  expect(host.keys).toEqual([]);
});

test('dry run: says what would be done, and asks the store for nothing but reading', async () => {
  const host = await claimed({ purgeAsks: 1 });
  await host.sent({ uploadId: '1'.repeat(32) });
  const done = await host.sent({ uploadId: '2'.repeat(32) });
  await host.storage.confirmUpload(done.uploadReference, host.user);
  await host.storage.deleteVideo(done.videoId);
  const undone = await host.sent({ uploadId: '3'.repeat(32) });
  await host.storage.abortUpload(undone.uploadReference, host.user);
  host.clock.advance(HOUR_MS);
  const before = host.keys;
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({
    finished: 1,
    released: 0,
    failures: [],
  });
  host.clock.advance(48 * HOUR_MS);
  host.wire.taken();
  const { examined, released, finished, bytesReleased } = await host.storage.maintenance.sweep({ dryRun: true });
  expect({ examined, released, finished, bytesReleased }).toEqual({
    examined: 8,
    released: 7,
    finished: 0,
    bytesReleased: 30,
  });
  expect(host.wire.taken().filter((call) => !/^(list|readDocument)/.test(call))).toEqual([]);
  expect(host.keys).toEqual(before);
  await host.storage.maintenance.sweep();
  expect(host.keys).toEqual([claim, record]);
});

test('one item that fails is reported with its code, does not stop the others, and is tried again', async () => {
  const host = new MemoryHost();
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  for (const id of ids) await host.sent({ uploadId: id });
  host.clock.advance(48 * HOUR_MS);
  let count = 0;
  host.wire.before = (call) => {
    if (call !== 'removeLeftover') return;
    count += 1;
    if (count === 1) throw new BackendError('BACKEND_REFUSED', 'No.');
    if (count === 2) throw new TypeError('A mistake.');
  };
  const [one, two] = ids.map((id) => uploadKey(id));
  const failures = [
    { id: one, code: 'BACKEND_REFUSED' },
    { id: two, code: 'INTERNAL' },
  ];
  expect(await host.storage.maintenance.sweep()).toEqual({
    ...nothing,
    examined: 3,
    released: 1,
    bytesReleased: 10,
    failures,
  });
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2, released: 2, bytesReleased: 20 });
});

test('the abort of the caller ends the run, and is not a failure of an item', async () => {
  const host = new MemoryHost();
  await host.sent();
  host.clock.advance(48 * HOUR_MS);
  const caller = new AbortController();
  const reason = new Error('The host stops.');
  host.wire.before = (call) => {
    if (call === 'removeLeftover') caller.abort(reason);
  };
  await expect(host.storage.maintenance.sweep({ signal: caller.signal })).rejects.toBe(reason);
});

test('a run that its caller aborts does not move where the next one begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  const caller = new AbortController();
  host.wire.before = (call) => {
    if (call === 'removeLeftover') caller.abort(new Error('The host stops.'));
  };
  const aborted = host.storage.maintenance.sweep({ signal: caller.signal, limit: 2 });
  await expect(aborted).rejects.toThrow('The host stops.');
  host.wire.before = () => {};
  expect(await host.storage.maintenance.sweep({ limit: 2 })).toMatchObject({ examined: 2, failures: [] });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ more: false });
  expect(host.keys).toEqual([]);
});

test('the limit ends a run; the next one goes on there, until there is no more', async () => {
  const host = new MemoryHost();
  for (let number = 1; number <= 5; number++) {
    const ticket = await host.sent({ uploadId: String(number).repeat(32) });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    await host.sent({ uploadId: `a${String(number).repeat(31)}` });
  }
  host.clock.advance(48 * HOUR_MS);
  const runs = [];
  for (let run = 0; run < 20; run++) {
    const { examined, released, more } = await host.storage.maintenance.sweep({ limit: 4 });
    expect(examined).toBeLessThanOrEqual(4);
    runs.push({ examined, released });
    if (!more) break;
  }
  expect(runs).toEqual([4, 4, 4, 3].map((examined, run) => ({ examined, released: [4, 4, 2, 0][run] })));
  expect(host.keys).toHaveLength(10);
  // From the beginning again.
  expect(await host.storage.maintenance.sweep({ limit: 4 })).toMatchObject({ examined: 4, more: true });
});

test('a run ends before its deadline, and the next one goes on', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  host.wire.after = (call) => {
    if (call === 'removeLeftover') host.clock.advance(450);
  };
  expect(await host.storage.maintenance.sweep({ timeoutMs: 1000 })).toMatchObject({ examined: 2, more: true });
  expect(await host.storage.maintenance.sweep({ timeoutMs: 1000 })).toMatchObject({ examined: 1, more: false });
  expect(host.keys).toEqual([]);
});

test('two runs at once, in two processes, end as one', async () => {
  const host = await claimed({ purgeAsks: 1 });
  await host.sent({ uploadId: '1'.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  await Promise.all([host.storage.maintenance.sweep(), host.storage.maintenance.sweep()]);
  expect(host.keys).toEqual([claim, record]);
});

test('what others have put below the prefixes is neither removed nor read', async () => {
  const host = new MemoryHost();
  const foreign = ['claims/README', 'records/README', 'records/x.json', 'uploads/README', `claims/${uploadId}.txt`];
  for (const key of foreign) host.bucket.put(key, new Uint8Array(1));
  host.clock.advance(100 * HOUR_MS);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 0, failures: [] });
  expect(host.wire.taken().filter((call) => !call.startsWith('list'))).toEqual([]);
  expect(host.keys).toEqual(foreign.sort());
});

test.each([0, 10_001, 1.5, Number.NaN])('a limit of %s is refused', async (limit) => {
  const sweep = new MemoryHost().storage.maintenance.sweep({ limit });
  await expect(sweep).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [{ path: 'limit' }],
    operation: 'sweep',
  });
});

test.each([1, 10_000])('a limit of %s is taken', async (limit) => {
  expect(await new MemoryHost().storage.maintenance.sweep({ limit })).toEqual(nothing);
});

test('an outage while a confirm is finished is a failure of that item, and decides nothing', async () => {
  const host = await claimed();
  host.clock.advance(HOUR_MS);
  host.wire.before = (call) => {
    if (call.startsWith('openSource')) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
  };
  const failures = [{ id: claim, code: 'BACKEND_UNAVAILABLE' }];
  expect(await host.storage.maintenance.sweep()).toMatchObject({ finished: 0, failures });
  expect(host.keys).not.toContain(record);
});

test('a dry run that its limit ends does not move where the next real run begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  expect(await host.storage.maintenance.sweep({ dryRun: true, limit: 2 })).toMatchObject({ examined: 2, more: true });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ examined: 3, released: 3, more: false });
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ examined: 0, more: false });
});

test('a run that its limit ends does not move where the next dry run begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2']) {
    const ticket = await host.sent({ uploadId: digit.repeat(32) });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
  }
  expect(await host.storage.maintenance.sweep({ limit: 3 })).toMatchObject({ examined: 3, more: true });
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ examined: 4, more: false });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ examined: 1, more: false });
});
