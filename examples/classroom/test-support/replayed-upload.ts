import { createHash } from 'node:crypto';
import type { UploadTicket } from '@videostorage/core';
import type { Page } from 'playwright-core';
import type { ClassroomPage } from './classroom-page.ts';

/** The ticket that the page received, as a user can see it in the browser's developer tools. */
export async function ticketOf(page: Page, act: () => Promise<void>): Promise<UploadTicket> {
  const answered = page.waitForResponse((response) => {
    return response.request().method() === 'POST' && new URL(response.url()).pathname === '/api/video/uploads';
  });
  await act();
  return (await answered).json();
}

/** Sends other bytes with a ticket that has been used, from the page itself; a refusal that another origin may not read is 0. */
export async function sendAgain(page: Page, ticket: UploadTicket, bytes: Buffer): Promise<number> {
  if (ticket.protocol === 'multipart')
    throw new TypeError('The upload is in parts, but this test needs a file that is sent in one request.');
  return page.evaluate(
    async ({ ticket: used, base64 }) => {
      const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const statusOf = (init: RequestInit) =>
        fetch(used.url, init).then(
          ({ status }) => status,
          () => 0,
        );
      if (used.protocol === 'post') {
        const form = new FormData();
        for (const [name, value] of Object.entries(used.fields)) form.append(name, value);
        form.append(used.fileField, new Blob([body]));
        return statusOf({ method: 'POST', body: form });
      }
      const headers = {
        ...{ 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      };
      return statusOf({ method: 'PATCH', headers, body });
    },
    { ticket, base64: bytes.toString('base64') },
  );
}

/** The status of another confirm. */
export function confirmAgain(page: Page, { uploadReference }: UploadTicket): Promise<number> {
  return page.evaluate(async (reference) => {
    return (await fetch(`/api/video/uploads/${reference}/confirm`, { method: 'POST' })).status;
  }, uploadReference);
}

/** What a grant serves now, or the status of the refusal. */
export async function servedHash(person: ClassroomPage, videoId: string): Promise<string | number> {
  const { status, answer } = await served(person, videoId);
  if (answer === undefined) return status;
  if (!answer.ok) return answer.status;
  return createHash('sha256')
    .update(await answer.bytes())
    .digest('hex');
}

/** How often a grant may expire before it is used. */
const MAX_LATE_GRANTS = 10;

/** What a grant serves now, or the status of its refusal. If a grant had expired when it was used, another one is requested. */
export async function served(person: ClassroomPage, videoId: string, addressOf = (url: string) => url) {
  for (let late = 0; ; late += 1) {
    const { status, url, expiresAt = '' } = await person.grant(videoId);
    if (url === undefined) return { status };
    const address = addressOf(url);
    const answer = await fetch(address);
    const hadEnded = !answer.ok && Date.now() >= Date.parse(expiresAt);
    if (!hadEnded || late === MAX_LATE_GRANTS) return { status, address, answer };
  }
}
