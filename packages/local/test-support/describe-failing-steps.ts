import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import type { FailingDisk } from './failing-disk.ts';
import { requestFor, tusUrl } from './requests.ts';
import { offsetOf } from './sending.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };

/**
 * Declares tests in which one step of a call fails, each `every`-th step in turn: repeating the call has the result of a call
 * that did not fail.
 */
export function describeFailingSteps(disk: FailingDisk, { every }: { readonly every: number }): void {
  describe('EIO at a step', () => {
    async function failEachStep(prepare: () => Promise<() => Promise<unknown>>, check: () => Promise<void>) {
      let steps = 0;
      for (let failAt = 1; failAt <= 120; failAt += every) {
        const call = await prepare();
        let step = 0;
        disk.failBy(() => {
          step += 1;
          return step === failAt ? 'EIO' : undefined;
        });
        const outcome = await call().then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        const reached = step >= failAt;
        disk.recover();
        if (!reached) break;
        steps += 1;
        expect(['done', 'BACKEND_UNAVAILABLE']).toContain(outcome);
        await call();
        await check();
      }
      expect(steps).toBeGreaterThan(2 / every);
      expect(steps).toBeLessThan(120 / every);
    }
    const nothingOrphaned = async () => {
      for (const name of await disk.tree()) {
        // A file that could not be removed is named after its upload, so the sweep finds it.
        expect(name).toMatch(/^(videos\/[0-9a-f]{32}(\/source\.mp4)?|uploads\/[0-9a-f]{32}\.\S+)$/);
      }
    };

    test('of a confirmation: the video is there in the end, whole, with nothing beside it', () =>
      failEachStep(
        async () => {
          const ticket = await disk.uploaded(bytes);
          return () => disk.running.storage.confirmUpload(ticket.uploadReference, anna);
        },
        async () => {
          for (const { videoId } of (await disk.running.storage.listVideos()).videos) {
            const { url } = await disk.running.storage.getPlaybackUrl(videoId);
            expect(Buffer.compare(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes)).toBe(0);
            await disk.running.storage.deleteVideo(videoId);
          }
        },
      ));

    test('of a delete: the video is gone in the end, with all its bytes', () =>
      failEachStep(
        async () => {
          const { videoId } = await disk.running.storage.confirmUpload(
            (await disk.uploaded(bytes)).uploadReference,
            anna,
          );
          return () => disk.running.storage.deleteVideo(videoId);
        },
        async () => expect(await disk.tree()).toEqual([]),
      ));

    test('of creating an upload: the same upload in the end', async () => {
      const request = requestFor(bytes, { uploadId: 'c'.repeat(32) });
      await failEachStep(
        async () => () => disk.running.storage.getUploadUrl(request),
        async () => {
          expect(await offsetOf(tusUrl(await disk.running.storage.getUploadUrl(request)))).toBe(0);
          expect(await disk.tree()).toHaveLength(1);
        },
      );
    });

    test('of cancelling: nothing is left in the end', () =>
      failEachStep(async () => {
        const ticket = await disk.uploaded(bytes);
        return () => disk.running.storage.abortUpload(ticket.uploadReference, anna);
      }, nothingOrphaned));
  });
}
