import { expect, test } from 'vitest';
import { claimedHost } from '../test-support/claimed-host.ts';
import { MemoryHost, probedVideo } from '../test-support/memory-host.ts';
import { failOnce } from '../test-support/store-outage.ts';
import { claimKey, recordKey, videoKey } from './store-keys.ts';
import { toDeclaredUpload } from './upload-confirmation.ts';
import { stringifyUploadState } from './upload-state.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const notVideo = {
  ...{ bytesRead: 1, reads: 1 },
  outcome: 'not-a-video',
  failure: { code: 'NOT_A_VIDEO', message: 'The file is not a video.' },
} as const;

test('a refusal by a faster confirm is followed, and bytes that it did not remove are removed', async () => {
  const faster = new MemoryHost();
  faster.probed = notVideo;
  const other = await faster.sent();
  await faster.storage.confirmUpload(other.uploadReference, faster.user).catch(() => {});
  const rejected = faster.bucket.objects.get(record) ?? expect.unreachable();

  const host = await claimedHost();
  const ticket = await host.ticket();
  // The other one discards the source, decides after this one has read that nothing is decided, and stops before the rest.
  host.operations.before = (call) => {
    if (call === 'openSource copy')
      for (const key of host.keys) if (/^uploads\/.*\./.test(key)) host.bucket.objects.delete(key);
  };
  let reads = 0;
  host.operations.after = (call) => {
    if (call === `readDocument ${record}` && ++reads === 2) host.bucket.objects.set(record, rejected);
  };
  const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
  await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: notVideo.failure });
  expect(host.keys).toEqual([claim, record]);
});

/** An upload whose first inspection throws this, after another confirm has decided. */
async function decidedDuringProbe(error: unknown) {
  let looks = 0;
  const host: MemoryHost = new MemoryHost({
    probe: async () => {
      looks += 1;
      if (looks > 1) return probedVideo;
      await host.storage.confirmUpload(ticket.uploadReference, host.user);
      throw error;
    },
  });
  const ticket = await host.sent();
  return { host, ticket };
}

test('a programming error during the inspection is thrown, although another confirm has decided meanwhile', async () => {
  const mistake = new TypeError('A mistake.');
  const { host, ticket } = await decidedDuringProbe(mistake);
  await expect(host.storage.confirmUpload(ticket.uploadReference, host.user)).rejects.toBe(mistake);
});

test('a failure of the store during the inspection, also of another copy of core, leads to what another confirm has decided', async () => {
  const gone = new Error('The source is gone.');
  Object.assign(gone, { isVideoStorageError: true, code: 'BACKEND_BAD_RESPONSE', retryable: true });
  const { host, ticket } = await decidedDuringProbe(gone);
  const video = await host.storage.confirmUpload(ticket.uploadReference, host.user);
  expect(video).toEqual(await host.storage.getVideoMetadata(videoId));
});

test('a source that lost the election and cannot be discarded does not fail the confirm', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  const confirm = () => host.storage.confirmUpload(ticket.uploadReference, host.user);
  host.operations.after = async (call) => {
    if (call !== 'takeSource') return;
    host.operations.after = () => {};
    await confirm();
    host.operations.taken();
    failOnce(host, 'discardSource');
  };
  const video = await confirm();
  expect(host.operations.taken()).toContain('discardSource copy');
  expect(video).toEqual(await host.storage.getVideoMetadata(videoId));
});

test('two references to one upload that declare different files lead to the one video that was confirmed', async () => {
  const host = new MemoryHost();
  const longer = await host.ticket({ sizeBytes: 11 });
  const { video } = await host.confirmed();
  expect(await host.storage.confirmUpload(longer.uploadReference, host.user)).toEqual(video);
  expect(host.keys).toContain(videoKey(videoId));
});

test('the inspection has four fifths of the time of the call, which is ten seconds by default', async () => {
  for (const [timeoutMs, probeMs] of [
    [undefined, 8000],
    [5000, 4000],
  ] as const) {
    const host = new MemoryHost();
    const { uploadReference } = await host.sent();
    await host.storage.confirmUpload(uploadReference, { ...host.user, timeoutMs });
    expect(host.probes).toEqual([{ timeoutMs: probeMs }]);
  }
});

test('without inspection no file is read', async () => {
  const host = new MemoryHost({ inspectContent: false });
  const { video } = await host.confirmed();
  expect([host.probes, video.durationSeconds]).toEqual([[], undefined]);
});

test('dialects get the declared upload, without a `state` when they returned none', () => {
  const upload = { uploadId, videoId, sizeBytes: 10, mimeType: 'video/mp4' };
  const claims = { ...upload, backendName: 'memory', userId: 'student-1', validUntil: '2026-11-26T12:00:00.000Z' };
  const facts = { createdAt: '2026-11-24T12:00:00.000Z', fileName: 'film.mp4' };
  expect(toDeclaredUpload({ ...claims, state: stringifyUploadState(facts) })).toStrictEqual(upload);
  const state = stringifyUploadState({ ...facts, state: 'parts-7' });
  expect(toDeclaredUpload({ ...claims, state })).toStrictEqual({ ...upload, state: 'parts-7' });
});

test('a value that is not a list of videos deletes nothing', async () => {
  const host = new MemoryHost();
  await host.confirmed();
  // @ts-expect-error: one id is not a list.
  await expect(host.storage.deleteVideos(host.videoId)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(host.keys).toContain(videoKey(videoId));
});
