import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { patch, sendByTus } from '../test-support/sending.ts';
import { READ_NO_FOLLOW } from './file-functions.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };

/** Calls wait for `opened`, which another call resolves. */
interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

let running: RunningStorage;
let isHeldBack: boolean;
let isLooking: boolean;
let endsWithNextLook: boolean;
/** Opened when a confirmation has begun to inspect the bytes. */
let looking: Gate;
/** Opened when that confirmation may continue. */
let mayContinue: Gate;

beforeEach(async () => {
  isHeldBack = false;
  isLooking = false;
  endsWithNextLook = false;
  looking = gate();
  mayContinue = gate();
  running = await startStorage({
    fileFunctions: {
      open: async (...args: Parameters<typeof open>) => {
        if (isHeldBack && args[1] === READ_NO_FOLLOW) {
          isHeldBack = false;
          isLooking = true;
          looking.open();
          await mayContinue.opened;
          isLooking = false;
        }
        return open(...args);
      },
      lstat: (async (path: string) => {
        const found = await lstat(path);
        // The last check of a request before it waits for its turn; the confirmation made its own check before it was held
        // back.
        if (endsWithNextLook && isLooking && found.size === bytes.length) setImmediate(mayContinue.open);
        return found;
      }) as typeof lstat,
    },
  });
});
afterEach(() => running.stop());

/** A request that comes while the upload is being confirmed, and waits for it. */
async function whileConfirming(act: (url: string) => Promise<Response>): Promise<Response> {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  isHeldBack = true;
  endsWithNextLook = true;
  const confirming = running.storage.confirmUpload(ticket.uploadReference, anna);
  await looking.opened;
  const response = await act(tusUrl(ticket));
  expect(await confirming).toMatchObject({ status: 'ready' });
  expect(await running.storage.videoExists(ticket.videoId)).toBe(true);
  return response;
}

test('a browser that cancels while its upload is confirmed does not reach the elected source: the video stays', async () => {
  const giveUp = (url: string) => fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });
  expect((await whileConfirming(giveUp)).status).toBe(204);
});

test('a late PATCH changes nothing of what is confirmed', async () => {
  const response = await whileConfirming((url) => patch(url, 0, bytes.subarray(0, 10)));
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  const [video] = (await running.storage.listVideos()).videos;
  const { url } = await running.storage.getPlaybackUrl(video?.videoId ?? '');
  expect(Buffer.compare(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes)).toBe(0);
});

async function confirmed(film: Uint8Array): Promise<{ readonly videoId: string; readonly url: string }> {
  const ticket = await running.storage.getUploadUrl(requestFor(film));
  await sendByTus(tusUrl(ticket), film);
  const { videoId } = await running.storage.confirmUpload(ticket.uploadReference, anna);
  return { videoId, url: (await running.storage.getPlaybackUrl(videoId)).url };
}

test('a video that is deleted while it is played is gone for the next request, with all its bytes', async () => {
  const film = await paddedVideo(8_000_000);
  const { videoId, url } = await confirmed(film);
  const reader = (await fetch(url)).body?.getReader();
  let taken = (await reader?.read())?.value?.length ?? 0;
  await running.storage.deleteVideo(videoId);
  expect((await fetch(url)).status).toBe(404);
  for (const name of ['uploads', 'videos']) expect(await readdir(join(running.folder, name))).toEqual([]);
  // A viewer who is already receiving it gets all bytes: they are freed when the last reader closes the file.
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read())
    taken += read.value.length;
  expect(taken).toBe(film.length);
});

test('a video that is deleted between the look and the opening is 404, not 500', async () => {
  const { videoId, url } = await confirmed(bytes);
  isHeldBack = true;
  const playing = fetch(url);
  await looking.opened;
  await running.storage.deleteVideo(videoId);
  mayContinue.open();
  expect((await playing).status).toBe(404);
});
