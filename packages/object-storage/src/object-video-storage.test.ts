import { BackendError, ContentMismatchError, Logger } from '@videostorage/core';
import { expect, test } from 'vitest';
import { MemoryHost, probedVideo } from '../test-support/memory-host.ts';
import { claimKey, recordKey, uploadKey, videoKey } from './store-keys.ts';

function outage(): BackendError {
  return new BackendError('BACKEND_UNAVAILABLE', 'The store did not answer.');
}

test('an upload that was sent and not confirmed is not a video: not found, not listed, nothing at the final key', async () => {
  const host = new MemoryHost();
  await host.sent();
  expect(await host.storage.videoExists(host.videoId)).toBe(false);
  expect(await host.storage.listVideos()).toEqual({ videos: [] });
  await expect(host.storage.getVideoMetadata(host.videoId)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(host.keys).toEqual([uploadKey(host.uploadId)]);
});

test('metadata and list have all facts that the confirm has read and the request declared', async () => {
  const host = new MemoryHost();
  const { video } = await host.confirmed({ contextId: 'lesson-1', custom: { week: '3' } });
  expect(video).toMatchObject({
    ...{ videoId: host.videoId, backendName: 'memory', status: 'ready', playable: true, userId: 'student-1' },
    ...{ contextId: 'lesson-1', custom: { week: '3' }, fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 10 },
    ...{ durationSeconds: 12.5, widthPixels: 320, heightPixels: 180, codec: 'avc1.64001e' },
    createdAt: '2026-11-24T12:00:00.000Z',
  });
  expect(video.revision).toBe(host.document(claimKey(host.uploadId))['attempt']);
  expect(await host.storage.getVideoMetadata(host.videoId)).toEqual(video);
  expect(await host.storage.listVideos()).toEqual({ videos: [video] });
});

test('no user, context, name or custom string is part of a served key or type', async () => {
  const host = new MemoryHost();
  await host.confirmed({ contextId: 'lesson-1', custom: { week: 'third' }, fileName: 'Ada.mp4' });
  const served = [...host.bucket.objects].filter(([key]) => key.startsWith('videos/'));
  expect(served).toEqual([[videoKey(host.videoId), expect.objectContaining({ contentType: 'video/mp4' })]]);
});

test('a form sent again after the confirm changes neither the bytes nor the answer', async () => {
  const host = new MemoryHost();
  const { ticket, video } = await host.confirmed();
  await host.send(ticket, 'different!');
  expect(await host.storage.confirmUpload(ticket.uploadReference, host.user)).toEqual(video);
  const stored = host.bucket.objects.get(videoKey(host.videoId));
  expect(new TextDecoder().decode(stored?.bytes)).toBe('0123456789');
});

test('a ticket for an id that was deleted, aborted or refused is refused', async () => {
  const ends: readonly ((host: MemoryHost) => Promise<unknown>)[] = [
    async (host) => {
      await host.confirmed();
      await host.storage.deleteVideo(host.videoId);
    },
    async (host) => host.storage.abortUpload((await host.sent()).uploadReference, host.user),
    async (host) => {
      const ticket = await host.sent({}, '01234');
      await host.storage.confirmUpload(ticket.uploadReference, host.user).catch(() => {});
    },
  ];
  for (const end of ends) {
    const host = new MemoryHost();
    await end(host);
    host.operations.taken();
    await expect(host.ticket()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(host.operations.taken()).toEqual([`readDocument ${recordKey(host.uploadId)}`]);
  }
});

test('a ticket for a confirmed id is a conflict for its owner, and not found for everybody else', async () => {
  const host = new MemoryHost();
  await host.confirmed();
  await expect(host.ticket()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/choose another id/),
  });
  await expect(host.ticket({ userId: 'student-2' })).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
});

test('the same id again before the confirm gives the same video; either reference confirms it', async () => {
  const host = new MemoryHost();
  const [one, two] = [await host.ticket(), await host.ticket()];
  expect(two.videoId).toBe(one.videoId);
  await host.send(one);
  const video = await host.storage.confirmUpload(two.uploadReference, host.user);
  expect(await host.storage.confirmUpload(one.uploadReference, host.user)).toEqual(video);
});

test('another user who uses an id again gets neither the claim nor the video of the first', async () => {
  const host = new MemoryHost();
  const other = { userId: 'student-2' };
  const ticket = await host.sent();
  const foreign = await host.ticket(other);
  await host.storage.confirmUpload(ticket.uploadReference, host.user);
  const confirm = host.storage.confirmUpload(foreign.uploadReference, other);
  await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });

  const claimed = new MemoryHost({ probe: () => Promise.reject(outage()) });
  const own = await claimed.sent();
  const second = await claimed.ticket(other);
  await expect(claimed.storage.confirmUpload(own.uploadReference, claimed.user)).rejects.toBeInstanceOf(BackendError);
  const later = claimed.storage.confirmUpload(second.uploadReference, other);
  await expect(later).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
});

test.each([
  ['by another user', { userId: 'student-2' }],
  ['of another type', { mimeType: 'video/webm', fileName: 'film.webm' }],
])(
  'an abort of an upload %s with the same id removes what was sent for it, and nothing of the elected one',
  async (_, other) => {
    for (const partsFromBytes of [undefined, 1]) {
      let failing = true;
      const probe = () => (failing ? Promise.reject(outage()) : Promise.resolve(probedVideo));
      const events: string[] = [];
      const logger = new Logger({ sink: ({ event }) => void events.push(event) });
      const host = new MemoryHost({ partsFromBytes, probe, logger });
      const own = await host.sent();
      const foreign = await host.ticket(other);
      const user = { ...host.user, ...('userId' in other && other) };
      if (partsFromBytes !== undefined) await host.send(foreign, '0123456789', user);
      const confirm = () => host.storage.confirmUpload(own.uploadReference, host.user);
      await expect(confirm()).rejects.toBeInstanceOf(BackendError);
      await host.storage.abortUpload(foreign.uploadReference, user);
      expect(host.bucket.parts.size).toBe(0);
      expect(host.bucket.objects.has(uploadKey(host.uploadId))).toBe(false);
      expect(events).not.toContain('upload.aborted');
      failing = false;
      expect(await confirm()).toMatchObject({ videoId: host.videoId, status: 'ready' });
    }
  },
);

test('the same id for another type is another video, which cannot exist beside the first', async () => {
  const host = new MemoryHost();
  const ticket = await host.ticket({ mimeType: 'video/webm', fileName: 'film.webm' });
  await host.confirmed();
  const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(await host.storage.videoExists(ticket.videoId)).toBe(false);
  expect(await host.storage.deleteVideo(ticket.videoId)).toEqual({ purged: true });
  expect(await host.storage.videoExists(host.videoId)).toBe(true);
});

test('every later confirm of a refused upload is refused for the recorded reason', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent({}, '01234');
  const failure = { code: 'SIZE_MISMATCH', message: 'The file has 5 bytes; 10 were declared.' };
  for (let time = 0; time < 2; time++) {
    const error: unknown = await host.storage.confirmUpload(ticket.uploadReference, host.user).catch((cause) => cause);
    expect(error).toBeInstanceOf(ContentMismatchError);
    expect(error).toMatchObject({ failure });
    await host.send(ticket, '0123456789');
  }
});

test('abort of a confirmed upload changes nothing and succeeds, and only that of an unconfirmed one is logged', async () => {
  const events: string[] = [];
  const host = new MemoryHost({ logger: new Logger({ sink: ({ event }) => void events.push(event) }) });
  const { ticket, video } = await host.confirmed();
  const keys = host.keys;
  await host.storage.abortUpload(ticket.uploadReference, host.user);
  expect(events).toEqual(['upload.requested', 'upload.confirmed']);
  expect(host.keys).toEqual(keys);
  expect(await host.storage.getVideoMetadata(host.videoId)).toEqual(video);
  const other = await host.sent({ uploadId: '1'.repeat(32) });
  await host.storage.abortUpload(other.uploadReference, host.user);
  expect(events.slice(2)).toEqual(['upload.requested', 'upload.aborted']);
});

test('abort records its decision before it removes, and removes all bytes, also of parts and after the reference has expired', async () => {
  for (const partsFromBytes of [undefined, 1]) {
    const host = new MemoryHost({ partsFromBytes });
    const ticket = await host.sent();
    host.clock.advance(72 * 60 * 60 * 1000);
    await host.storage.abortUpload(ticket.uploadReference, host.user);
    expect(host.operations.taken()).toEqual([
      `readDocument ${claimKey(host.uploadId)}`,
      `createDocument ${recordKey(host.uploadId)}`,
      `readDocument ${claimKey(host.uploadId)}`,
      `listVideoKeys ${host.videoId}`,
      'discardUpload',
    ]);
    expect(host.keys).toEqual([recordKey(host.uploadId)]);
    expect(host.bucket.parts.size).toBe(0);
    expect(host.document(recordKey(host.uploadId))).toMatchObject({ state: 'aborted', videoId: host.videoId });
    await host.storage.abortUpload(ticket.uploadReference, host.user);
  }
});

test('an abort that failed after its decision is finished by the next one', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  host.operations.before = (call) => {
    if (call.startsWith('discardUpload')) throw outage();
  };
  const abort = () => host.storage.abortUpload(ticket.uploadReference, host.user);
  await expect(abort()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', operation: 'abortUpload' });
  const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  host.operations.before = () => {};
  await abort();
  expect(host.keys).toEqual([recordKey(host.uploadId)]);
});

test('an abort in a full store removes the sent bytes first, to make space for its record; any other failure removes nothing', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  const abort = () => host.storage.abortUpload(ticket.uploadReference, host.user);
  let failure: BackendError | undefined;
  host.operations.before = (call) => {
    if (call.startsWith('createDocument') && host.keys.includes(uploadKey(host.uploadId))) throw failure;
  };
  for (const code of ['BACKEND_UNAVAILABLE', 'BACKEND_REFUSED', 'BACKEND_BAD_RESPONSE'] as const) {
    failure = new BackendError(code, 'No.');
    await expect(abort()).rejects.toMatchObject({ code });
    expect(host.keys).toEqual([uploadKey(host.uploadId)]);
  }
  failure = new BackendError('BACKEND_FULL', 'The store is full.');
  await abort();
  expect(host.keys).toEqual([recordKey(host.uploadId)]);
  const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
});

test('an abort after an interrupted refusal removes the bytes that the refusal left', async () => {
  const host = new MemoryHost({ partsFromBytes: 1, purgeAsks: 1 });
  host.probed = {
    ...{ outcome: 'not-a-video', bytesRead: 1, reads: 1 },
    failure: { code: 'NOT_A_VIDEO', message: 'No.' },
  };
  const ticket = await host.sent();
  host.operations.before = (call) => {
    if (call.startsWith('hideKeys')) throw outage();
  };
  const confirm = () => host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  host.operations.before = () => {};
  expect(host.keys).toContain(videoKey(host.videoId));
  await host.storage.abortUpload(ticket.uploadReference, host.user);
  expect(host.keys).not.toContain(videoKey(host.videoId));
  await expect(confirm()).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
});

test('a record that this version has not written is an error that names its key, and never an absent video', async () => {
  const host = new MemoryHost();
  const { ticket } = await host.confirmed();
  const good = JSON.stringify(host.document(recordKey(host.uploadId)));
  const bad = ['', 'no json', '{}', good.replace('"version":1', '"version":2'), good.replace('{', '{"extra":1,')];
  for (const text of bad) {
    host.bucket.put(recordKey(host.uploadId), new TextEncoder().encode(text));
    const calls = [
      host.storage.videoExists(host.videoId),
      host.storage.listVideos(),
      host.storage.confirmUpload(ticket.uploadReference, host.user),
      host.storage.deleteVideo(host.videoId),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'BACKEND_BAD_RESPONSE' } });
      expect(String(Reflect.get(outcome, 'reason'))).toContain(recordKey(host.uploadId));
    }
  }
  host.bucket.put(recordKey(host.uploadId), new TextEncoder().encode(good));
  expect(await host.storage.videoExists(host.videoId)).toBe(true);
});

test('an id of another backend is not found, counts as deleted, and is refused in a list of ids to delete', async () => {
  const host = new MemoryHost();
  expect(await host.storage.videoExists('foreign')).toBe(false);
  expect(await host.storage.deleteVideo('foreign')).toEqual({ purged: true });
  expect(host.operations.taken()).toEqual([]);
  await expect(host.storage.deleteVideos(['foreign'])).rejects.toMatchObject({
    ...{ code: 'VIDEO_NOT_FOUND', backendName: 'memory', operation: 'deleteVideos' },
  });
});

test('`deleteVideos` with an unknown option deletes nothing', async () => {
  const host = new MemoryHost();
  const many = Reflect.apply(host.storage.deleteVideos, host.storage, [[host.videoId], { dryRun: true }]);
  await expect(many).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path: 'dryRun' }] });
  expect(host.operations.taken()).toEqual([]);
});

test.each([{ inspectContent: 'no' }, { probe: 'probe' }])('%o is refused at construction', (options) => {
  expect(() => Reflect.construct(MemoryHost, [options])).toThrow(/^memory: `(inspectContent|probe)` must be/);
});

test.each(['"', 'ü', '🙂'])('an upload with the longest names, only of %s, can be confirmed', async (character) => {
  const long = (bytes: number) => character.repeat(Math.floor(bytes / Buffer.byteLength(character)));
  const host = new MemoryHost({ partsFromBytes: 1 });
  const userId = long(128);
  const { uploadReference } = await host.storage.getUploadUrl({
    ...{ uploadId: host.uploadId, userId, contextId: long(128), sizeBytes: 10, mimeType: 'video/mp4' },
    // JSON writes a quote as two characters.
    ...{ fileName: `${long(250)}.mp4`, custom: { ['k'.repeat(64)]: long(character === '"' ? 220 : 440) } },
  });
  // The rest is for the `state` of the store, such as S3's upload id.
  expect(uploadReference.length).toBeLessThan(3200);
  const confirm = host.storage.confirmUpload(uploadReference, { userId });
  await expect(confirm).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
});
