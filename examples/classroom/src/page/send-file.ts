import type { MultipartTicket, PostTicket, TusTicket, UploadTicket } from '@videostorage/core';
import { Upload } from 'tus-js-client';
import { host } from './host.ts';

/** What the page shows while a file is on its way. */
export interface SendListener {
  onProgress(sentBytes: number): void;
  /** The line is broken; it goes on by itself. */
  onWaiting(): void;
  readonly signal: AbortSignal;
}

const RETRY_DELAYS_MS = [0, 500, 1000, 2000, 3000, 5000, 5000, 10_000];
const MAX_TRIES = 6;

/** Sends a file straight to the storage, by whatever way the ticket names. */
export function sendFile(ticket: UploadTicket, file: File, listener: SendListener): Promise<void> {
  switch (ticket.protocol) {
    case 'tus':
      return sendByTus(ticket, file, listener);
    case 'post':
      return sendByPost(ticket, file, listener);
    case 'multipart':
      return sendInParts(ticket, file, listener);
  }
}

function sendByTus(ticket: TusTicket, file: File, listener: SendListener): Promise<void> {
  return new Promise((resolve, reject) => {
    const { chunk } = ticket;
    const preferred = Math.min(chunk.maxBytes, Math.max(chunk.minBytes, 50 * 1024 * 1024));
    const upload = new Upload(file, {
      uploadUrl: ticket.url,
      chunkSize: Math.floor(preferred / chunk.multipleOf) * chunk.multipleOf || chunk.multipleOf,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false,
      onProgress: (sentBytes) => listener.onProgress(sentBytes),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = status === 0 || status >= 500 || status === 409 || status === 423;
        if (again) listener.onWaiting();
        return again;
      },
      onSuccess: () => resolve(),
      onError: reject,
    });
    listener.signal.addEventListener('abort', () => {
      void upload.abort().then(() => reject(listener.signal.reason));
    });
    upload.start();
  });
}

async function sendByPost(ticket: PostTicket, file: File, listener: SendListener): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append(ticket.fileField, file);
  await repeat(listener, () => send('POST', ticket.url, form, {}, listener.onProgress, listener.signal));
}

async function sendInParts(ticket: MultipartTicket, file: File, listener: SendListener): Promise<void> {
  let doneBytes = 0;
  for (let partNumber = 1; partNumber <= ticket.partCount; partNumber++) {
    const start = (partNumber - 1) * ticket.partSizeBytes;
    const bytes = file.slice(start, start + ticket.partSizeBytes);
    await repeat(listener, async () => {
      const { parts } = await host.signParts(ticket.uploadReference, [partNumber]);
      const [part] = parts;
      if (part === undefined) throw new Error('The part was not signed.');
      const onProgress = (sentBytes: number) => listener.onProgress(doneBytes + sentBytes);
      await send('PUT', part.url, bytes, part.headers, onProgress, listener.signal);
    });
    doneBytes += bytes.size;
  }
}

/** A form or a part that did not arrive is sent again from its beginning. */
async function repeat(listener: SendListener, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      listener.signal.throwIfAborted();
      if (!(error instanceof BrokenLine) || attempt === MAX_TRIES) throw error;
      listener.onWaiting();
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MS[attempt]));
    }
  }
}

/** Nothing came back: the line broke, or the storage failed for a moment. */
class BrokenLine extends Error {}

/** XMLHttpRequest, since `fetch` does not tell how far an upload is. */
function send(
  method: string,
  url: string,
  body: Blob | FormData,
  headers: Readonly<Record<string, string>>,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status < 300) resolve();
      else if (request.status >= 500) reject(new BrokenLine());
      else reject(new Error('The storage refused the file.'));
    };
    request.onerror = () => reject(new BrokenLine());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
