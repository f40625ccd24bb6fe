import { readdir } from 'node:fs/promises';
import { RetryHandler } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failingFiles, fileError } from './failing-files.ts';
import { requestFor, tusUrl } from './requests.ts';
import { type RunningStorage, startStorage } from './running-storage.ts';
import { offsetOf, sendByTus } from './sending.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };

/** Declares that one step of a call that fails once, every so many, is repaired by the same call: all is as if nothing had been. */
export function describeFailingSteps({ every }: { readonly every: number }): void {
  let running: RunningStorage;
  /** What the disk does now, by the name of the function. */
  let disk: (name: string) => string | undefined;

  beforeEach(async () => {
    disk = () => undefined;
    running = await startStorage({
      // One attempt: what is tested is the failure, not its healing.
      retryHandler: new RetryHandler({ maxAttempts: 1 }),
      fileFunctions: failingFiles((name) => {
        const code = disk(name);
        return code === undefined ? undefined : Promise.reject(fileError(code, name));
      }),
    });
  });
  afterEach(() => running.stop());

  const recover = () => {
    disk = () => undefined;
  };
  async function tree(): Promise<string[]> {
    const found = await readdir(running.folder, { recursive: true });
    return found.filter((name) => /^(uploads|videos)./.test(name)).sort();
  }
  async function uploaded() {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    return ticket;
  }

  describe('EIO at a step', () => {
    async function failEachStep(prepare: () => Promise<() => Promise<unknown>>, check: () => Promise<void>) {
      let steps = 0;
      for (let failAt = 1; failAt <= 120; failAt += every) {
        const call = await prepare();
        let step = 0;
        disk = () => {
          step += 1;
          return step === failAt ? 'EIO' : undefined;
        };
        const outcome = await call().then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        const reached = step >= failAt;
        recover();
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
      for (const name of await tree()) {
        // What could not be removed any more is found by the sweep: it is named after its upload.
        expect(name).toMatch(/^(videos\/[0-9a-f]{32}(\/source\.mp4)?|uploads\/[0-9a-f]{32}\.\S+)$/);
      }
    };

    test('of a confirmation: the video is there in the end, whole, with nothing beside it', () =>
      failEachStep(
        async () => {
          const ticket = await uploaded();
          return () => running.storage.confirmUpload(ticket.uploadReference, anna);
        },
        async () => {
          for (const { videoId } of (await running.storage.listVideos()).videos) {
            const { url } = await running.storage.getPlaybackUrl(videoId);
            expect(Buffer.compare(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes)).toBe(0);
            await running.storage.deleteVideo(videoId);
          }
        },
      ));

    test('of a delete: the video is gone in the end, with all its bytes', () =>
      failEachStep(
        async () => {
          const { videoId } = await running.storage.confirmUpload((await uploaded()).uploadReference, anna);
          return () => running.storage.deleteVideo(videoId);
        },
        async () => expect(await tree()).toEqual([]),
      ));

    test('of creating an upload: the same upload in the end', async () => {
      const request = requestFor(bytes, { uploadId: 'c'.repeat(32) });
      await failEachStep(
        async () => () => running.storage.getUploadUrl(request),
        async () => {
          expect(await offsetOf(tusUrl(await running.storage.getUploadUrl(request)))).toBe(0);
          expect(await tree()).toHaveLength(1);
        },
      );
    });

    test('of giving up: nothing is left in the end', () =>
      failEachStep(async () => {
        const ticket = await uploaded();
        return () => running.storage.abortUpload(ticket.uploadReference, anna);
      }, nothingOrphaned));
  });
}
