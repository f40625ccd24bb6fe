import type { UploadTicket } from '@videostorage/core';

const KEY = 'classroom.unfinished';

/** An upload that has begun, kept in the browser so that it goes on after a reload. */
export interface UnfinishedUpload {
  readonly userId: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly lastModified: number;
  readonly ticket: UploadTicket;
}

/** The upload that this person has not finished; undefined when there is none. */
export function unfinishedUploadOf(userId: string): UnfinishedUpload | undefined {
  try {
    const kept: UnfinishedUpload | null = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return kept?.userId === userId && typeof kept.ticket.uploadReference === 'string' ? kept : undefined;
  } catch {
    // Somebody else's text, or a browser that keeps nothing: then uploads begin anew.
    return undefined;
  }
}

/** Whether a file is the one whose upload has begun. Its bytes are not compared: confirming does that. */
export function isSameFile(kept: UnfinishedUpload, file: File): boolean {
  return kept.fileName === file.name && kept.sizeBytes === file.size && kept.lastModified === file.lastModified;
}

/** Keeps an upload that begins; one at a time. */
export function keepUnfinished(userId: string, file: File, ticket: UploadTicket): void {
  const kept: UnfinishedUpload = {
    ...{ userId, ticket },
    ...{ fileName: file.name, sizeBytes: file.size, lastModified: file.lastModified },
  };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: the upload works all the same.
  }
}

/** Forgets it: it has arrived, or never will. */
export function forgetUnfinished(): void {
  localStorage.removeItem(KEY);
}
