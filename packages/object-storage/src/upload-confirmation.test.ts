import { describe, expect, test } from 'vitest';
import { MemoryHost } from '../test-support/memory-host.ts';
import { codeOf, failOnce, outage } from '../test-support/store-outage.ts';
import { claimKey, recordKey, sourceKey, uploadKey, videoKey } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const notVideo = { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } as const;
const cost = { bytesRead: 1, reads: 1 };

describe('a form', () => {
  test('is copied, elected, inspected, placed, decided, then discarded, in this order', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    expect(host.operations.taken()).toEqual([
      `readDocument ${record}`,
      `readDocument ${claim}`,
      'takeSource',
      `createDocument ${claim}`,
      'openSource copy',
      'placeSource copy',
      `createDocument ${record}`,
      'discardSource copy',
      'discardUpload',
    ]);
    expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
  });

  test('a confirm that is repeated reads the record and nothing else', async () => {
    const host = new MemoryHost();
    const { ticket, video } = await host.confirmed();
    expect(await host.storage.confirmUpload(ticket.uploadReference, host.user)).toEqual(video);
    expect(host.operations.taken()).toEqual([`readDocument ${record}`]);
  });

  test('that has not arrived is not elected; the documents are read again, since another confirm may have finished', async () => {
    const host = new MemoryHost();
    const ticket = await host.ticket();
    host.operations.taken();
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('NOT_UPLOADED');
    expect(host.operations.taken()).toEqual([
      `readDocument ${record}`,
      `readDocument ${claim}`,
      'takeSource',
      `readDocument ${claim}`,
      `readDocument ${record}`,
    ]);
    expect(host.keys).toEqual([]);
  });

  test('that is refused is never placed; the record is written before the bytes are removed', async () => {
    const host = new MemoryHost({ purgeAsks: 1 });
    host.probed = { ...cost, outcome: 'not-a-video', failure: notVideo };
    const ticket = await host.sent();
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('CONTENT_MISMATCH');
    const calls = host.operations.taken();
    expect(calls).not.toContain('placeSource copy');
    const decided = calls.indexOf(`createDocument ${record}`);
    expect(calls.slice(decided + 1)).toEqual([
      `readDocument ${claim}`,
      `listVideoKeys ${videoId}`,
      `edge.purge ${videoId}`,
      'discardSource copy',
      'discardUpload',
      `freeVersions ${videoId}`,
    ]);
    expect(host.document(record)).toMatchObject({ state: 'rejected', failure: notVideo, userId: 'student-1' });
    expect(host.keys).toEqual([claim, record]);
  });

  test('a form sent again between the copy and the inspection is neither inspected nor published', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    host.operations.before = async (call) => {
      if (call === 'openSource copy') await host.send(ticket, 'different!');
    };
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    expect(new TextDecoder().decode(host.bucket.objects.get(videoKey(videoId))?.bytes)).toBe('0123456789');
  });

  test('a second confirm discards its own copy and continues with the elected one', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    let second: Promise<unknown> | undefined;
    host.operations.before = async (call) => {
      if (call !== `createDocument ${claim}` || second !== undefined) return;
      second = host.storage.confirmUpload(ticket.uploadReference, host.user);
      await second;
    };
    const first = await host.storage.confirmUpload(ticket.uploadReference, host.user);
    expect(await second).toEqual(first);
    expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
  });

  test('each attempt to take a source makes its own copy: an attempt that was given up cannot change another', async () => {
    const host = new MemoryHost({ retryHandler: undefined });
    const ticket = await host.sent();
    failOnce(host, 'takeSource', 'after');
    const video = await host.storage.confirmUpload(ticket.uploadReference, host.user);
    const copies = host.keys.filter((key) => key.startsWith(uploadKey(uploadId)));
    expect(copies).toHaveLength(1);
    expect(copies).not.toContain(sourceKey(uploadId, video.revision ?? ''));
  });

  test.each([
    `readDocument ${record}`,
    `readDocument ${claim}`,
    'takeSource',
    `createDocument ${claim}`,
    'openSource copy',
    'placeSource copy',
    `createDocument ${record}`,
  ])('`%s` fails or its answer is lost: the confirm fails, and the next one finishes it', async (call) => {
    for (const when of ['before', 'after'] as const) {
      const host = new MemoryHost();
      const ticket = await host.sent();
      failOnce(host, call, when);
      const confirm = () => host.storage.confirmUpload(ticket.uploadReference, host.user);
      expect(await codeOf(confirm())).toBe('BACKEND_UNAVAILABLE');
      const video = await confirm();
      expect(video.durationSeconds).toBe(12.5);
      expect(await host.storage.getVideoMetadata(videoId)).toEqual(video);
    }
  });

  test.each(['discardSource copy', 'discardUpload'])(
    '`%s` fails: the video is ready, and the sweep frees it',
    async (call) => {
      const host = new MemoryHost();
      const ticket = await host.sent();
      failOnce(host, call);
      await host.storage.confirmUpload(ticket.uploadReference, host.user);
      expect(host.keys.length).toBeGreaterThan(3);
      host.clock.advance(48 * 60 * 60 * 1000);
      await host.storage.maintenance.sweep();
      expect(host.keys).toEqual([record, videoKey(videoId)]);
    },
  );

  test('an error that is not one of the store fails the confirm, also while discarding', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    host.operations.before = (call) => {
      if (call === 'discardUpload') throw new TypeError('A mistake.');
    };
    await expect(host.storage.confirmUpload(ticket.uploadReference, host.user)).rejects.toBeInstanceOf(TypeError);
  });

  test('an abort that is decided while a confirm places removes all bytes, and the confirm finds no video', async () => {
    const host = new MemoryHost({ purgeAsks: 1 });
    const ticket = await host.sent();
    host.operations.after = async (call) => {
      if (call !== 'placeSource copy') return;
      host.bucket.play(videoKey(videoId));
      host.operations.after = (next) => {
        if (next.startsWith('createDocument')) host.operations.after = () => {};
      };
      // Only the decision of the abort: its process stops there.
      host.operations.before = (next) => {
        if (next === `listVideoKeys ${videoId}`) throw outage();
      };
      await host.storage.abortUpload(ticket.uploadReference, host.user).catch(() => {});
      host.operations.before = () => {};
    };
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('VIDEO_NOT_FOUND');
    expect(host.keys).toEqual([claim, record]);
    expect(host.bucket.edgeCopies.size).toBe(0);
  });

  test('a delete that is complete while a confirm places is not undone: the bytes are hidden again, and a new purge drops them', async () => {
    const host = new MemoryHost({ purgeAsks: 1 });
    const ticket = await host.sent();
    host.operations.before = async (call) => {
      if (call !== 'placeSource copy') return;
      host.operations.before = () => {};
      await host.storage.deleteVideo(videoId);
      // The source was already read, so the copy is still carried out.
      host.bucket.put(videoKey(videoId), new Uint8Array(10));
      host.bucket.play(videoKey(videoId));
    };
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('VIDEO_NOT_FOUND');
    expect(host.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
    expect(host.bucket.edgeCopies.size).toBe(0);
    expect(await host.storage.deleteVideo(videoId)).toEqual({ purged: true });
  });
});

describe('content that could not be determined', () => {
  const undetermined = { ...cost, outcome: 'undetermined', message: 'The file is damaged.' } as const;

  test('is kept undecided, and is ready once the host app accepts it', async () => {
    const host = new MemoryHost();
    host.probed = { ...undetermined, reason: 'unreadable' };
    const ticket = await host.sent();
    const confirm = (acceptUnverified?: boolean) =>
      host.storage.confirmUpload(ticket.uploadReference, { ...host.user, acceptUnverified });
    const error: unknown = await confirm().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'CONTENT_UNVERIFIABLE', message: 'The file is damaged.', retryable: false });
    expect(host.keys).toEqual([claim, expect.stringContaining(`uploads/${uploadId}`), expect.stringContaining('.')]);
    const video = await confirm(true);
    expect(video).toMatchObject({ status: 'ready', sizeBytes: 10, mimeType: 'video/mp4' });
    expect(video).not.toHaveProperty('durationSeconds');
    expect(await confirm()).toEqual(video);
  });

  test('a probe that the deadline of the call ended is a retryable timeout', async () => {
    const host = new MemoryHost();
    host.probed = { ...undetermined, reason: 'timeout' };
    const ticket = await host.sent();
    const error: unknown = await host.storage
      .confirmUpload(ticket.uploadReference, host.user)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true });
    host.probed = { ...undetermined, reason: 'unreadable' };
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('CONTENT_UNVERIFIABLE');
  });

  test('a play time that is unknown does not pass a limit', async () => {
    const host = new MemoryHost();
    host.probed = {
      ...cost,
      outcome: 'video',
      container: 'webm',
      mimeType: 'video/mp4',
      widthPixels: 1,
      heightPixels: 1,
      rotationDegrees: 0,
    };
    const ticket = await host.sent({ maxDurationSeconds: 60 });
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('CONTENT_UNVERIFIABLE');
    const accepted = { ...host.user, acceptUnverified: true };
    const video = await host.storage.confirmUpload(ticket.uploadReference, accepted);
    expect(video).toMatchObject({ widthPixels: 1, heightPixels: 1 });
  });

  test('an outage while it is read is an outage, and decides nothing', async () => {
    const host = new MemoryHost({ probe: () => Promise.reject(outage()) });
    const ticket = await host.sent();
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('BACKEND_UNAVAILABLE');
    expect(host.keys).not.toContain(record);
  });

  test('an abort that was decided meanwhile is the answer', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    host.probed = { ...undetermined, reason: 'unreadable' };
    host.operations.after = async (call) => {
      if (call !== 'openSource copy') return;
      host.operations.after = () => {};
      await host.storage.abortUpload(ticket.uploadReference, host.user);
    };
    const confirm = host.storage.confirmUpload(ticket.uploadReference, host.user);
    // Whether the source is gone while it is read, or nothing can be determined: the decision is kept.
    expect(await codeOf(confirm)).toBe('VIDEO_NOT_FOUND');
    expect(host.keys).toEqual([claim, record]);
  });
});

describe('clean-up', () => {
  const reason = new Error('The caller has aborted.');

  /** A signal that aborts as soon as this operation begins. */
  function leavingAt(host: MemoryHost, call: string): AbortSignal {
    const caller = new AbortController();
    host.operations.before = (made) => {
      if (made.startsWith(call)) caller.abort(reason);
    };
    return caller.signal;
  }

  test('when the caller aborts while a refusal is carried out, no bytes remain, at the first confirm and at a repeated one', async () => {
    const host = new MemoryHost({ partsFromBytes: 1 });
    host.probed = { ...cost, outcome: 'not-a-video', failure: notVideo };
    const ticket = await host.sent();
    const signal = leavingAt(host, 'listVideoKeys');
    await host.storage.confirmUpload(ticket.uploadReference, { ...host.user, signal }).catch(() => {});
    expect(host.keys).toEqual([claim, record]);

    host.bucket.put(videoKey(videoId), new Uint8Array(10));
    const again = leavingAt(host, 'listVideoKeys');
    await host.storage.confirmUpload(ticket.uploadReference, { ...host.user, signal: again }).catch(() => {});
    expect(host.keys).toEqual([claim, record]);
  });

  test('when the caller aborts after the video is ready, neither form nor copy remains', async () => {
    const host = new MemoryHost();
    const ticket = await host.sent();
    const signal = leavingAt(host, 'discardSource');
    await host.storage.confirmUpload(ticket.uploadReference, { ...host.user, signal }).catch(() => {});
    expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
  });

  test('a source that is elected after a delete is complete is discarded, and nothing is purged again', async () => {
    const host = new MemoryHost({ purgeAsks: 1 });
    const ticket = await host.sent();
    host.operations.before = async (call) => {
      if (call !== `createDocument ${claim}`) return;
      host.operations.before = () => {};
      await host.storage.deleteVideo(videoId);
    };
    host.probed = { ...cost, outcome: 'undetermined', reason: 'unreadable', message: 'Damaged.' };
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('VIDEO_NOT_FOUND');
    expect(host.keys.filter((key) => !key.startsWith('claims/'))).toEqual([record]);
    expect(host.operations.taken().filter((call) => call.startsWith('edge.purge'))).toHaveLength(1);
  });
});

test('the probe of a confirm ends before the deadline that the caller has set', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  await host.storage.confirmUpload(ticket.uploadReference, { ...host.user, timeoutMs: 1000 });
  expect(host.probes).toEqual([{ timeoutMs: 800 }]);
});
