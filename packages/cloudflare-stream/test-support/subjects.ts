import type { UploadRequest, UploadTicket } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { createEmulatedSubject, type EmulatedSubject } from './subject.ts';

/** Who uploads. */
export const user = { userId: 'student-1' };
/** A small video, with another declared size. */
export const film: UploadRequest = {
  ...user,
  contextId: 'a',
  fileName: 'f.mp4',
  sizeBytes: 1000,
  mimeType: 'video/mp4',
};

/** Subjects of one test file, each with an emulator of its own. */
export class Subjects {
  readonly #all: EmulatedSubject[] = [];

  /** Creates a subject. */
  async create(...args: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
    const subject = await createEmulatedSubject(...args);
    this.#all.push(subject);
    return subject;
  }

  /** Ends all of them. */
  async dispose(): Promise<void> {
    for (const subject of this.#all.splice(0)) await subject.dispose();
  }
}

/** Sends a fixture under a fresh ticket. */
export async function send(
  { storage }: Pick<EmulatedSubject, 'storage'>,
  changes: Partial<UploadRequest> = {},
  fixture: { read(): Promise<Uint8Array> } = fixtures.moovFirst,
): Promise<UploadTicket> {
  const bytes = await fixture.read();
  const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length, ...changes });
  await sendTicket(ticket, bytes, 'video/mp4');
  return ticket;
}

/** The same, confirmed at once, while Stream still works on it. */
export async function confirmed(
  subject: Pick<EmulatedSubject, 'storage'>,
  changes: Partial<UploadRequest> = {},
  fixture: { read(): Promise<Uint8Array> } = fixtures.moovFirst,
): Promise<UploadTicket> {
  const ticket = await send(subject, changes, fixture);
  await subject.storage.confirmUpload(ticket.uploadReference, { userId: changes.userId ?? user.userId });
  return ticket;
}

/** The same, and lets Stream finish. */
export async function upload(subject: EmulatedSubject, changes: Partial<UploadRequest> = {}): Promise<UploadTicket> {
  const ticket = await confirmed(subject, changes);
  await subject.emulator.finishProcessing();
  return ticket;
}

/** Everything that an upload occupies at the provider: videos of any state, and minutes. */
export async function occupied({
  storage,
}: Pick<EmulatedSubject, 'storage'>): Promise<readonly [videos: number, minutes: number]> {
  const { videos, storedMinutes } = await storage.getStorageUsage();
  return [videos, storedMinutes];
}

/** The claims of the token in a URL. */
export function claimsOf(url: string): Readonly<Record<string, unknown>> {
  const payload = new URL(url).pathname.split('/')[1]?.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
}

/** The video as the API returns it. */
export async function rawVideo(
  { emulator }: Pick<EmulatedSubject, 'emulator'>,
  uid: string,
): Promise<Readonly<Record<string, unknown>>> {
  const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream/${uid}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${emulator.apiToken}` } });
  return ((await answer.json()) as { readonly result: Readonly<Record<string, unknown>> }).result;
}
