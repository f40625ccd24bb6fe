import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadTicket } from '@videostorage/core';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeVideo, sha256OfFile } from '../test-support/browser.ts';
import { ClassroomPage, type Role } from '../test-support/classroom-page.ts';
import { TestClassroom } from '../test-support/test-classroom.ts';

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-replays-'));
  await makeVideo(join(folder, 'garden.webm'), 5, 4);
  await makeVideo(join(folder, 'other.webm'), 5, 6);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the page was given to send with, as a user sees it in their browser's own tools. */
async function ticketOf(page: Page, act: () => Promise<void>): Promise<UploadTicket> {
  const answered = page.waitForResponse((response) => {
    return response.request().method() === 'POST' && new URL(response.url()).pathname === '/api/video/uploads';
  });
  await act();
  return (await answered).json();
}

/** Sends other bytes with a ticket that has been used, from the page itself; resolves with the statuses of the answers. */
function sendAgain(page: Page, ticket: UploadTicket, bytes: Buffer): Promise<readonly number[]> {
  return page.evaluate(
    async ({ ticket: used, base64 }) => {
      const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const statusOf = async (url: string, init: RequestInit) => {
        try {
          return (await fetch(url, init)).status;
        } catch {
          // A refusal that another origin may not read.
          return 0;
        }
      };
      if (used.protocol === 'post') {
        const form = new FormData();
        for (const [name, value] of Object.entries(used.fields)) form.append(name, value);
        form.append(used.fileField, new Blob([body]));
        return [await statusOf(used.url, { method: 'POST', body: form })];
      }
      if (used.protocol !== 'tus') return [];
      const headers = {
        'Tus-Resumable': '1.0.0',
        'Upload-Offset': '0',
        'Content-Type': 'application/offset+octet-stream',
      };
      return [await statusOf(used.url, { method: 'PATCH', headers, body })];
    },
    { ticket, base64: bytes.toString('base64') },
  );
}

/** What a grant serves now, or the status of the refusal. */
async function servedHash(person: ClassroomPage, videoId: string): Promise<string | number> {
  const { status, url } = await person.grant(videoId);
  if (url === undefined) return status;
  const served = await fetch(url);
  if (!served.ok) return served.status;
  return createHash('sha256')
    .update(await served.bytes())
    .digest('hex');
}

const isConfirm = (request: Request) => request.method() === 'POST' && request.url().endsWith('/confirm');
const TITLE = 'Show us a place you like';

describe.skipIf(!canPlayHere).each(['local', 's3-cloudfront', 'cloudflare-stream'] as const)(
  'in Chromium on %s',
  (backendName) => {
    let classroom: TestClassroom;
    beforeAll(async () => {
      classroom = await TestClassroom.open({ backendName });
    });
    afterAll(() => classroom?.close());
    const enter = async (name: string, role: Role) => {
      const person = await ClassroomPage.enter(browser, classroom.url, name, role);
      await person.goTo(TITLE);
      return person;
    };

    const unconfirmedIsNotVisible = async () => {
      const student = await enter('Ada', 'student');
      // The tab is closed at the moment of the confirm; a minute later the sweep would confirm in its place.
      const confirming = student.page.waitForRequest(isConfirm);
      await student.page.route('**/confirm', () => {});
      await student.choose(join(folder, 'other.webm'));
      await confirming;
      const teacher = await enter('Ms Byron', 'teacher');
      await expect.poll(() => teacher.page.getByTestId('empty').isVisible()).toBe(true);
      expect(await teacher.page.getByTestId('video').count()).toBe(0);
      await student.page.context().close();
      await teacher.close();
    };
    // Stream notifies the host by itself, which is a confirm.
    if (backendName !== 'cloudflare-stream') {
      test('an upload that is not confirmed is not visible to the teacher', unconfirmedIsNotVisible);
    }

    test('a form sent again with other bytes after the confirm changes nothing, and brings no deleted video back', async () => {
      const student = await enter('Grace', 'student');
      const ticket = await ticketOf(student.page, () => student.submit(folder, 'garden.webm'));
      const teacher = await enter('Ms Byron', 'teacher');
      await teacher.watch('Grace');
      await teacher.seesItMove();
      const before = await servedHash(teacher, ticket.videoId);
      // The player's page of Stream is not a file; what it plays follows from one uid, and that is what is compared there.
      if (backendName !== 'cloudflare-stream') expect(before).toBe(await sha256OfFile(join(folder, 'garden.webm')));
      const others = await readFile(join(folder, 'other.webm'));
      const confirmAgain = () =>
        student.page.evaluate(async (id) => {
          return (await fetch(`/api/video/uploads/${id}/confirm`, { method: 'POST' })).status;
        }, ticket.uploadReference);
      await sendAgain(student.page, ticket, others);
      expect(await confirmAgain()).toBe(200);
      if (backendName !== 'cloudflare-stream') expect(await servedHash(teacher, ticket.videoId)).toBe(before);

      const { url = '' } = await teacher.grant(ticket.videoId);
      await teacher.deleteOpen();
      // An edge takes a moment to purge.
      await expect.poll(async () => (await fetch(url)).status).toBeGreaterThanOrEqual(400);
      await sendAgain(student.page, ticket, others);
      expect(await confirmAgain()).toBe(404);
      expect(await servedHash(teacher, ticket.videoId)).toBe(404);
      expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
      const ofGrace = teacher.page.getByTestId('video').filter({ hasText: 'Grace' });
      await expect.poll(() => ofGrace.count()).toBe(0);
      await student.close();
      await teacher.close();
    });
  },
);
