import { lstat, open } from 'node:fs/promises';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { patch, sendByTus } from '../test-support/sending.ts';
import { READ_NO_FOLLOW } from './file-functions.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };

/** What some wait for and another opens. */
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
/** A confirmation has begun to look at the bytes. */
let looking: Gate;
/** It may go on. */
let goOn: Gate;

beforeEach(async () => {
  isHeldBack = false;
  isLooking = false;
  looking = gate();
  goOn = gate();
  running = await startStorage({
    fileFunctions: {
      open: async (...args: Parameters<typeof open>) => {
        if (isHeldBack && args[1] === READ_NO_FOLLOW) {
          isHeldBack = false;
          isLooking = true;
          looking.open();
          await goOn.opened;
          isLooking = false;
        }
        return open(...args);
      },
      lstat: (async (path: string) => {
        const found = await lstat(path);
        // The last look of a request before it waits for its turn; the confirmation's own look came before it was held.
        if (isLooking && found.size === bytes.length) setImmediate(goOn.open);
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
  const confirming = running.storage.confirmUpload(ticket.uploadReference, anna);
  await looking.opened;
  const response = await act(tusUrl(ticket));
  expect(await confirming).toMatchObject({ status: 'ready' });
  expect(await running.storage.videoExists(ticket.videoId)).toBe(true);
  return response;
}

test('a browser that gives up while its upload is confirmed hears that it is too late, and the video stays', async () => {
  const giveUp = (url: string) => fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });
  expect((await whileConfirming(giveUp)).status).toBe(409);
});

test('a late PATCH changes nothing of what is confirmed', async () => {
  const response = await whileConfirming((url) => patch(url, 0, bytes.subarray(0, 10)));
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  const [video] = (await running.storage.listVideos()).videos;
  const { url } = await running.storage.getPlaybackUrl(video?.videoId ?? '');
  expect(Buffer.compare(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes)).toBe(0);
});
