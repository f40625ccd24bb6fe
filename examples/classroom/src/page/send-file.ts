import type { MultipartTicket, PostTicket, TusTicket, UploadTicket } from '@videostorage/core';
import { type DetailedError, Upload } from 'tus-js-client';
import { HostUnreachable, host } from './host.ts';

/** What the page shows while a file is on its way. */
export interface SendListener {
  onProgress(sentBytes: number): void;
  /** The line is broken; it goes on by itself. */
  onWaiting(): void;
  readonly signal: AbortSignal;
}

/** The line broke, and stayed broken; sending may go on later, with the same ticket. */
export class LineBroken extends Error {
  constructor(options?: ErrorOptions) {
    super('The connection is broken. What has arrived is kept: try again when you are back online.', options);
  }
}

/** The storage does not take the file with this ticket, or no longer. */
export class StorageRefusal extends Error {
  constructor(options?: ErrorOptions) {
    super('The storage did not take the file; please choose it once more.', options);
  }
}

const RETRY_DELAYS_MS = [0, 500, 1000, 2000, 3000, 5000, 5000, 10_000];
const PREFERRED_CHUNK_BYTES = 50 * 1024 * 1024;

/** Sends a file straight to the storage, by whatever way the ticket names. What has arrived before is not sent again. */
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

function sendByTus({ url, chunk }: TusTicket, file: File, listener: SendListener): Promise<void> {
  const preferred = Math.min(chunk.maxBytes, Math.max(chunk.minBytes, PREFERRED_CHUNK_BYTES));
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      uploadUrl: url,
      chunkSize: Math.floor(preferred / chunk.multipleOf) * chunk.multipleOf || chunk.multipleOf,
      retryDelays: RETRY_DELAYS_MS,
      // The page keeps the ticket itself, whatever the protocol.
      storeFingerprintForResuming: false,
      onProgress: (sentBytes) => listener.onProgress(sentBytes),
      onShouldRetry: (error) => {
        if (isLineBroken(error)) listener.onWaiting();
        return isLineBroken(error);
      },
      onSuccess: () => resolve(),
      onError: (cause) => reject(isLineBroken(cause) ? new LineBroken({ cause }) : new StorageRefusal({ cause })),
    });
    listener.signal.addEventListener('abort', () => {
      void upload.abort().then(() => reject(listener.signal.reason));
    });
    upload.start();
  });
}

/** No answer, a failure of the moment, or an offset or a lock of our own earlier request. */
function isLineBroken(error: Error | DetailedError): boolean {
  const status = ('originalResponse' in error ? error.originalResponse?.getStatus() : 0) ?? 0;
  const wasAsked = 'originalRequest' in error && error.originalRequest !== null;
  return wasAsked && (status === 0 || status >= 500 || [409, 423, 429].includes(status));
}

async function sendByPost(ticket: PostTicket, file: File, listener: SendListener): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append(ticket.fileField, file);
  await repeat(listener, () => send('POST', ticket.url, form, {}, listener.onProgress, listener.signal));
}

async function sendInParts(ticket: MultipartTicket, file: File, listener: SendListener): Promise<void> {
  const { uploadedParts: arrived = [] } = await host.getUpload(ticket.uploadReference);
  const done = new Set(arrived.map(({ partNumber }) => partNumber));
  let doneBytes = 0;
  for (let partNumber = 1; partNumber <= ticket.partCount; partNumber++) {
    const start = (partNumber - 1) * ticket.partSizeBytes;
    const bytes = file.slice(start, start + ticket.partSizeBytes);
    if (!done.has(partNumber)) {
      await repeat(listener, async () => {
        const { parts } = await host.signParts(ticket.uploadReference, [partNumber]);
        const [part] = parts;
        if (part === undefined) throw new StorageRefusal();
        const onProgress = (sentBytes: number) => listener.onProgress(doneBytes + sentBytes);
        await send('PUT', part.url, bytes, part.headers, onProgress, listener.signal);
      });
    }
    doneBytes += bytes.size;
    listener.onProgress(doneBytes);
  }
}

/** A form or a part that did not arrive is sent again from its beginning. */
async function repeat(listener: SendListener, work: () => Promise<void>): Promise<void> {
  for (const delayMs of [...RETRY_DELAYS_MS, undefined]) {
    try {
      return await work();
    } catch (error) {
      listener.signal.throwIfAborted();
      const isBroken = error instanceof LineBroken || error instanceof HostUnreachable;
      if (!isBroken || delayMs === undefined) throw error;
      listener.onWaiting();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

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
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(request.status >= 500 || request.status === 429 ? new LineBroken() : new StorageRefusal());
    };
    request.onerror = () => reject(new LineBroken());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}
