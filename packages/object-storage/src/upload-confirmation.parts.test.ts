import { describe, expect, test } from 'vitest';
import { MemoryHost } from '../test-support/memory-host.ts';
import { codeOf, failOnce, outage } from '../test-support/store-outage.ts';
import { claimKey, recordKey, videoKey } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const notVideo = { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } as const;
const cost = { bytesRead: 1, reads: 1 };

describe('parts', () => {
  test('are elected, completed at the final key, inspected there, decided', async () => {
    const host = new MemoryHost({ partsFromBytes: 1 });
    const ticket = await host.sent();
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    expect(host.operations.taken()).toEqual([
      `readDocument ${record}`,
      `readDocument ${claim}`,
      'takeSource',
      `createDocument ${claim}`,
      'placeSource parts',
      `openVideo ${videoId}`,
      `createDocument ${record}`,
    ]);
    expect(host.keys).toEqual([claim, record, videoKey(videoId)]);
  });

  test('that have not all arrived are not completed', async () => {
    const host = new MemoryHost({ partsFromBytes: 1 });
    const ticket = await host.sent({}, '012345678');
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('NOT_UPLOADED');
    expect(host.keys).toEqual([]);
    expect(host.bucket.parts.size).toBe(1);
  });

  test('that are refused were at a playable key: they are hidden, then purged, old versions last', async () => {
    const host = new MemoryHost({ partsFromBytes: 1, purgeAsks: 2, bucket: { versioned: true } });
    host.probed = { ...cost, outcome: 'not-a-video', failure: notVideo };
    const ticket = await host.sent();
    host.operations.after = (call) => {
      if (call.startsWith('placeSource')) host.bucket.play(videoKey(videoId));
    };
    expect(await codeOf(host.storage.confirmUpload(ticket.uploadReference, host.user))).toBe('CONTENT_MISMATCH');
    const calls = host.operations.taken();
    expect(calls.slice(calls.indexOf(`createDocument ${record}`) + 1)).toEqual([
      `readDocument ${claim}`,
      `listVideoKeys ${videoId}`,
      `hideKeys ${videoKey(videoId)}`,
      `edge.purge ${videoId}`,
      'discardSource parts',
      'discardUpload',
      `freeVersions ${videoId}`,
    ]);
    expect(host.bucket.edgeCopies.size).toBe(0);
    expect([...host.bucket.versions.keys()]).toEqual([]);
  });

  test.each(['listVideoKeys', 'hideKeys', 'edge.purge', 'discardSource', 'discardUpload', 'freeVersions'])(
    'a refusal whose `%s` failed is an outage, until a repeated confirm has finished it',
    async (call) => {
      const host = new MemoryHost({ partsFromBytes: 1, purgeAsks: 1, bucket: { versioned: true } });
      host.probed = { ...cost, outcome: 'not-a-video', failure: notVideo };
      const ticket = await host.sent();
      host.operations.after = (made) => {
        if (made.startsWith('placeSource')) host.bucket.play(videoKey(videoId));
      };
      failOnce(host, call);
      const confirm = () => host.storage.confirmUpload(ticket.uploadReference, host.user);
      expect(await codeOf(confirm())).toBe('BACKEND_UNAVAILABLE');
      expect(await codeOf(confirm())).toBe('CONTENT_MISMATCH');
      expect(host.keys).toEqual([claim, record]);
      expect(host.bucket.edgeCopies.size).toBe(0);
      expect(host.bucket.versions.size).toBe(0);
    },
  );

  test('may be completed by another confirm between reading the claim and listing the parts', async () => {
    const host = new MemoryHost({ partsFromBytes: 1 });
    const ticket = await host.sent();
    let other: Promise<unknown> | undefined;
    host.operations.before = async (call) => {
      if (call !== 'takeSource' || other !== undefined) return;
      host.operations.after = (made) => {
        // The other confirm has completed the parts and not decided yet.
        if (made === 'placeSource parts') throw outage();
      };
      other = host.storage.confirmUpload(ticket.uploadReference, host.user).catch(() => {});
      await other;
      host.operations.after = () => {};
    };
    const video = await host.storage.confirmUpload(ticket.uploadReference, host.user);
    expect(video.status).toBe('ready');
  });
});
