import { setTimeout as sleep } from 'node:timers/promises';
import type { UploadRequestBody } from '@videostorage/core';
import { sendTicket } from '@videostorage/testing';
import type { HostApp } from './host-app.ts';

/** What a browser declares about a file. */
export type ChosenFile = Omit<UploadRequestBody, 'contextId'>;

/** The outcome of an upload as its visitor saw it. */
export type Ending = 'confirmed' | 'tab closed' | 'gave up';

/** The behaviour of a visitor. */
export interface Visit {
  readonly host: HostApp;
  readonly file: ChosenFile;
  readonly bytes: Uint8Array;
  /** Idempotency key; one for each chosen file. */
  readonly key: string;
  /** The host app's answer to the first request for an upload does not arrive. */
  readonly losesFirstAnswer: boolean;
  /** The browser confirms twice at once, as after a slow first request. */
  readonly confirmsTwice: boolean;
  /** The tab is closed right after the bytes are sent. */
  readonly closesTab: boolean;
}

const TRIES = 8;

/** Acts as a browser: requests an upload, sends, confirms, and repeats each step a few times, as the uploader does. */
export async function visit(asked: Visit): Promise<Ending> {
  const { host, file, bytes, key, losesFirstAnswer, closesTab, confirmsTwice } = asked;
  try {
    if (losesFirstAnswer) await again(() => host.getUploadUrl(key));
    const ticket = await again(() => host.getUploadUrl(key));
    await again(() => sendTicket(ticket, bytes, file.mimeType));
    if (closesTab) return 'tab closed';
    const confirm = () => again(() => host.confirmUpload(ticket.uploadReference));
    await Promise.all(confirmsTwice ? [confirm(), confirm()] : [confirm()]);
    return 'confirmed';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'gave up';
  }
}

async function again<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(20 * tries);
    }
  }
}
