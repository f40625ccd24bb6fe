import { setTimeout as sleep } from 'node:timers/promises';
import type { UploadRequestBody } from '@videostorage/core';
import { sendTicket } from '@videostorage/testing';
import type { HostApp } from './host-app.ts';

/** What a browser says of a file. */
export type ChosenFile = Omit<UploadRequestBody, 'contextId'>;

/** What became of a visitor's upload, as they saw it. */
export type Ending = 'confirmed' | 'tab closed' | 'gave up';

/** How a visitor behaves. */
export interface Visit {
  readonly host: HostApp;
  readonly file: ChosenFile;
  readonly bytes: Uint8Array;
  /** One for each file that is chosen. */
  readonly key: string;
  /** The host app's answer to the first request for an upload does not arrive. */
  readonly losesFirstAnswer: boolean;
  /** The browser confirms twice at once, as one does whose first request is slow. */
  readonly confirmsTwice: boolean;
  /** The tab is closed right after the bytes are sent. */
  readonly closesTab: boolean;
}

const TRIES = 8;

/** A browser: asks, sends, confirms, and tries each step again a few times, as uploaders do. */
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
