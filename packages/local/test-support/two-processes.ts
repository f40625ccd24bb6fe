import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { UploadTicket } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { expect } from 'vitest';
import { requestFor, tusUrl } from './requests.ts';
import type { RunningStorage } from './running-storage.ts';
import { offsetOf, patch } from './sending.ts';
import type { Caller } from './worker-process.ts';

const bytes = await fixtures.moovFirst.read();
/** As long as the file, and no video. */
const otherBytes = new Uint8Array(bytes.length).fill(7);

/** What two processes do at once, and what must hold afterwards; each is one round. */
export type Race = (running: RunningStorage, one: Caller, two: Caller) => Promise<void>;

/** The races of two processes on one folder, named after the two calls. */
export const races: Readonly<Record<string, Race>> = {
  'confirm ∥ confirm: both get the video, and it is served unchanged': async (running, one, two) => {
    const ticket = await sent(running);
    const confirm = { name: 'confirm', reference: ticket.uploadReference } as const;
    const outcomes = await Promise.all([one.call(confirm), two.call(confirm), one.call(confirm), two.call(confirm)]);
    expect(outcomes).toEqual(['ready', 'ready', 'ready', 'ready']);
    await expectServed(running, ticket);
  },
  'confirm ∥ delete: the video is gone in the end, with all its bytes': async (running, one, two) => {
    const ticket = await sent(running);
    const outcomes = await Promise.all([
      one.call({ name: 'confirm', reference: ticket.uploadReference }),
      two.call({ name: 'delete', videoId: ticket.videoId }),
    ]);
    expect(['ready', 'VIDEO_NOT_FOUND', 'NOT_UPLOADED']).toContain(outcomes[0]);
    expect(outcomes[1]).toBe('true');
    await running.storage.deleteVideo(ticket.videoId);
    expect(await one.call({ name: 'confirm', reference: ticket.uploadReference })).toBe('VIDEO_NOT_FOUND');
    expect(await running.storage.videoExists(ticket.videoId)).toBe(false);
    expect((await fetch((await running.storage.getPlaybackUrl(ticket.videoId)).url)).status).toBe(404);
  },
  'send ∥ confirm: what is ready is what was sent, whatever is sent beside it': async (running, one, two) => {
    const { ticket, send } = await halfSent(running);
    const confirm = { name: 'confirm', reference: ticket.uploadReference } as const;
    const outcomes = await Promise.all([
      one.call(send(bytes)),
      two.call(confirm),
      two.call(send(bytes)),
      one.call(confirm),
    ]);
    for (const outcome of [outcomes[1], outcomes[3]]) expect(['ready', 'NOT_UPLOADED']).toContain(outcome);
    const late = await Promise.all([one.call(confirm), two.call(send(otherBytes)), two.call(confirm)]);
    expect([late[0], late[2]]).toEqual(['ready', 'ready']);
    expect(late[1]).not.toBe('204');
    await expectServed(running, ticket);
  },
  'send ∥ send: one is taken, and the file is what that one sent': async (running, one, two) => {
    const { ticket, send, half } = await halfSent(running);
    const outcomes = await Promise.all([one.call(send(bytes)), two.call(send(otherBytes))]);
    // The second one learns that something has arrived since (409), or that the file is being written (423).
    expect([...outcomes].sort()).toEqual(['204', expect.stringMatching(/^4(?:09|23)$/)]);
    const taken = outcomes[0] === '204' ? bytes : otherBytes;
    const written = await readFile(sentFile(running, ticket));
    expect(Buffer.compare(written, Buffer.concat([bytes.subarray(0, half), taken.subarray(half)]))).toBe(0);
  },
  'sweep ∥ send: an old upload that is sent to again is not lost': async (running, one, two) => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await patch(tusUrl(ticket), 0, bytes.subarray(0, 1000));
    const old = new Date(Date.now() - 72 * 3_600_000);
    await utimes(sentFile(running, ticket), old, old);
    const send = { name: 'send', url: tusUrl(ticket), offset: 1000 } as const;
    const [status, failures] = await Promise.all([
      one.call({ ...send, base64: Buffer.from(bytes.subarray(1000)).toString('base64') }),
      two.call({ name: 'sweep' }),
    ]);
    expect(failures).toBe('0');
    const confirm = { name: 'confirm', reference: ticket.uploadReference } as const;
    const arrived = await offsetOf(tusUrl(ticket)).catch((error: Error) => error.message);
    // Either the sender was there first, or the sweep, and then nothing is reported as received: 404 before the
    // sender has the lock, 410 when the file went while it waited.
    if (status !== '204') {
      expect(['404', '410']).toContain(status);
      expect(arrived).toBe('HEAD answered 404.');
      return expect(await one.call(confirm)).toBe('NOT_UPLOADED');
    }
    expect(arrived).toBe(bytes.length);
    expect(await one.call(confirm)).toBe('ready');
    await expectServed(running, ticket);
  },
};

/** Where what is sent is kept until it is confirmed. */
function sentFile({ folder }: RunningStorage, ticket: UploadTicket): string {
  return join(folder, 'uploads', decodeURIComponent(new URL(tusUrl(ticket)).pathname.split('/').at(-1) ?? ''));
}

/** An upload whose first half has arrived, and the call that sends the second half of a file. */
async function halfSent(running: RunningStorage) {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  const half = Math.floor(bytes.length / 2);
  await patch(tusUrl(ticket), 0, bytes.subarray(0, half));
  const send = (file: Uint8Array) => ({
    ...{ name: 'send' as const, url: tusUrl(ticket), offset: half },
    base64: Buffer.from(file.subarray(half)).toString('base64'),
  });
  return { ticket, half, send };
}

async function sent(running: RunningStorage): Promise<UploadTicket> {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  expect((await patch(tusUrl(ticket), 0, bytes)).status).toBe(204);
  return ticket;
}

async function expectServed(running: RunningStorage, { videoId }: UploadTicket): Promise<void> {
  const { url } = await running.storage.getPlaybackUrl(videoId);
  const served = new Uint8Array(await (await fetch(url)).arrayBuffer());
  expect(Buffer.compare(served, bytes)).toBe(0);
}
