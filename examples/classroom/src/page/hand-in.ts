import { type UploadTicket, Validator, type VideoMetadata } from '@videostorage/core';
import { HostRefusal, HostUnreachable, host, type Session } from './host.ts';
import { byId, say, show, write } from './page-elements.ts';
import { LineBroken, StorageRefusal, sendFile } from './send-file.ts';
import { readableSize, sentence } from './sentences.ts';
import { forgetUnfinished, isSameFile, keepUnfinished, unfinishedUploadOf } from './unfinished-upload.ts';

/** Somebody who may hand in. */
export type StudentSession = Session & { readonly person: NonNullable<Session['person']> };

/** One student's uploads, one at a time: check, send, confirm. */
export class HandIn {
  readonly #session: StudentSession;
  readonly #onConfirmed: (video: VideoMetadata) => Promise<void>;
  #controller: AbortController | undefined;
  #ticket: UploadTicket | undefined;
  #wasLeft = false;

  constructor(session: StudentSession, onConfirmed: (video: VideoMetadata) => Promise<void>) {
    this.#session = session;
    this.#onConfirmed = onConfirmed;
    this.#showUnfinished();
  }

  /** Hands a file in, and goes on where an earlier try with the same file stopped. Says what comes of it. */
  async start(file: File): Promise<void> {
    if (this.#controller !== undefined) return;
    const controller = new AbortController();
    this.#controller = controller;
    this.#ticket = undefined;
    say();
    show('again', false);
    show('hand-in', false);
    show('unfinished', false);
    show('upload', true);
    write('upload-name', file.name);
    progress(0, file.size);
    try {
      const confirmed = await this.#send(file, controller.signal);
      forgetUnfinished();
      say(handedIn(file.name, confirmed), 'good');
      await this.#onConfirmed(confirmed);
    } catch (error) {
      if (!this.#wasLeft) await this.#explain(error, file, controller.signal.aborted);
    } finally {
      this.#controller = undefined;
      if (!this.#wasLeft) {
        state('');
        show('upload', false);
        show('hand-in', true);
        this.#showUnfinished();
      }
    }
  }

  /** Gives the upload up. */
  cancel(): void {
    this.#controller?.abort(new Error('The upload was cancelled.'));
  }

  /** Somebody else comes to this browser; what has arrived is kept for the student's return. */
  leave(): void {
    this.#wasLeft = true;
    this.cancel();
    state('');
    for (const id of ['upload', 'unfinished', 'again']) show(id, false);
  }

  /** Gives up what was not finished before. */
  async forget(): Promise<void> {
    const kept = unfinishedUploadOf(this.#session.person.userId);
    forgetUnfinished();
    this.#showUnfinished();
    if (kept !== undefined) await host.abortUpload(kept.ticket.uploadReference);
  }

  async #send(file: File, signal: AbortSignal): Promise<VideoMetadata> {
    const { userId } = this.#session.person;
    state('Checking the file');
    const body = {
      contextId: this.#session.assignment.contextId,
      ...{ fileName: file.name, sizeBytes: file.size, mimeType: file.type },
    };
    // The same rules as the server's, so that a wrong file is told at once; the server decides.
    new Validator({ maxSizeBytes: this.#session.maxSizeBytes }).validateUploadRequest({ ...body, userId });
    const kept = unfinishedUploadOf(userId);
    const resumed = kept !== undefined && isSameFile(kept, file) ? kept.ticket : undefined;
    if (kept !== undefined && resumed === undefined) await giveUp(kept.ticket);
    const ticketOf = async () => {
      const ticket = await host.getUploadUrl(body);
      keepUnfinished(userId, file, ticket);
      return ticket;
    };
    this.#ticket = resumed ?? (await ticketOf());
    try {
      await this.#sendWith(this.#ticket, file, signal);
    } catch (error) {
      // The earlier upload is gone: a new one in its place.
      const isGone = resumed !== undefined && (error instanceof StorageRefusal || error instanceof HostRefusal);
      if (!isGone || signal.aborted) throw error;
      forgetUnfinished();
      this.#ticket = await ticketOf();
      await this.#sendWith(this.#ticket, file, signal);
    }
    state('Confirming that all has arrived');
    progress(file.size, file.size);
    return host.confirmUpload(this.#ticket.uploadReference);
  }

  async #sendWith(ticket: UploadTicket, file: File, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    state('Sending');
    await sendFile(ticket, file, {
      signal,
      onProgress: (sentBytes) => {
        state('Sending');
        progress(sentBytes, file.size);
      },
      onWaiting: () => state('The connection is broken; it goes on by itself'),
    });
  }

  async #explain(error: unknown, file: File, wasCancelled: boolean): Promise<void> {
    const canGoOn = !wasCancelled && (error instanceof LineBroken || error instanceof HostUnreachable);
    const canRepeat = canGoOn || (error instanceof HostRefusal && error.code === 'RATE_LIMITED');
    if (!canGoOn && this.#ticket !== undefined) {
      forgetUnfinished();
      await giveUp(this.#ticket);
    }
    say(sentence(error), wasCancelled ? 'good' : 'bad');
    byId('again-button').onclick = () => void this.start(file);
    show('again', canRepeat);
  }

  #showUnfinished(): void {
    const kept = unfinishedUploadOf(this.#session.person.userId);
    show('unfinished', kept !== undefined);
    write('unfinished-name', kept === undefined ? '' : `“${kept.fileName}”`);
  }
}

/** Frees what a storage holds for an upload that nobody finishes. */
async function giveUp(ticket: UploadTicket): Promise<void> {
  try {
    await host.abortUpload(ticket.uploadReference);
  } catch {
    // Half-sent uploads expire by themselves; the person has something else to read.
  }
}

function handedIn(fileName: string, { status, playable }: VideoMetadata): string {
  const later = status === 'processing' && !playable ? ' It is being processed, and can be played in a moment.' : '';
  return `“${fileName}” is handed in.${later}`;
}

/** Only a change is written: each is read out to those who cannot see it. The figures beside it are not. */
function state(text: string): void {
  if (byId('upload-state').textContent !== text) write('upload-state', text);
}

function progress(sentBytes: number, totalBytes: number): void {
  const share = totalBytes === 0 ? 0 : Math.min(1, sentBytes / totalBytes);
  (byId('upload-progress') as HTMLProgressElement).value = share;
  write('upload-share', `${Math.floor(share * 100)} %`);
  write('upload-bytes', `${readableSize(Math.min(sentBytes, totalBytes))} of ${readableSize(totalBytes)}`);
}
