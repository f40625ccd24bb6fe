/// <reference path="./tus-base-upload.d.ts" />
import { BackendError, type ChunkRule, type Clock, isVideoStorageError, type TusTicket } from '@videostorage/core';
import type { HttpStack } from 'tus-js-client';
import type BaseUpload from 'tus-js-client/lib/upload.js';
import type { RequestSender, SenderAnswer } from './request-sender.ts';
import type { SendJob } from './send-job.ts';
import { storageAnswerError } from './storage-answer-error.ts';

/** Size of the first chunk, and on a slow connection of each: an interrupted chunk may have to be sent again completely. */
const FIRST_CHUNK_BYTES = 16 * 1024 * 1024;
const LARGEST_CHUNK_BYTES = 256 * 1024 * 1024;
/** The next chunk takes this time at the speed of the last one: larger chunks leave the connection idle less often. */
const CHUNK_MS = 4000;

/**
 * By tus 1.0.0, from the offset that the storage has; for a new upload it is 0, so it is not requested. Each try is one run
 * of tus-js-client, without its own retries. A storage may keep nothing of an interrupted chunk, so each retry halves the
 * chunks, and they no longer grow: on a network on which no large chunk arrives, the smallest size that the ticket allows
 * may still arrive.
 */
export function sendByTus(
  ticket: TusTicket,
  job: SendJob,
  clock: Pick<Clock, 'now'>,
  Upload: typeof BaseUpload,
): Promise<void> {
  let wantedBytes = FIRST_CHUNK_BYTES;
  let hasFailed = false;
  const chunks: ChunkSizes = {
    next: () => chunkSizeOf(ticket.chunk, wantedBytes),
    arrived(bytes, ms) {
      const inTime = (bytes * CHUNK_MS) / Math.max(1, ms);
      if (!hasFailed) wantedBytes = Math.min(LARGEST_CHUNK_BYTES, Math.max(FIRST_CHUNK_BYTES, inTime));
    },
  };
  return job.persist(async (signal) => {
    try {
      await sendOnce(Upload, { url: ticket.url, isNew: job.isNew && !hasFailed }, chunks, job, clock, signal);
    } catch (error) {
      hasFailed = true;
      wantedBytes = Math.min(FIRST_CHUNK_BYTES, wantedBytes / 2);
      throw error;
    }
  });
}

/** The size of each chunk. */
interface ChunkSizes {
  /** Size of the next chunk. */
  next(): number;
  /** Adapts the size after a chunk of this many bytes arrived within this time. */
  arrived(bytes: number, ms: number): void;
}

/** The upload at the storage. */
interface TusTarget {
  readonly url: string;
  /** The storage has no byte of it. */
  readonly isNew: boolean;
}

/** The largest size up to the wanted one that the ticket's rule allows; its smallest where there is none. */
export function chunkSizeOf({ minBytes, maxBytes, multipleOf }: ChunkRule, wantedBytes: number): number {
  const allowed = Math.min(maxBytes, Math.max(minBytes, wantedBytes));
  const multiple = Math.floor(allowed / multipleOf) * multipleOf;
  return multiple >= Math.max(minBytes, 1) ? multiple : Math.ceil(Math.max(minBytes, 1) / multipleOf) * multipleOf;
}

function sendOnce(
  Upload: typeof BaseUpload,
  { url, isNew }: TusTarget,
  chunks: ChunkSizes,
  job: SendJob,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): Promise<void> {
  const { file } = job;
  const over = new AbortController();
  const sending = new Promise<void>((resolve, reject) => {
    let arrivedBytes = 0;
    let chunkBeganMs = 0;
    const upload = new Upload(file, {
      ...Upload.defaultOptions,
      uploadUrl: url,
      chunkSize: chunks.next(),
      // Retries and the memory of uploads are above this layer.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => '',
      fileReader: { openFile: async () => blobSource(file) },
      httpStack: httpStack(isNew ? withoutHead(job.send, file.size) : job.send, AbortSignal.any([signal, over.signal])),
      onBeforeRequest: () => {
        chunkBeganMs = clock.now();
      },
      onAfterResponse: (request, answer) => {
        if (request.getMethod() !== 'HEAD') return;
        arrivedBytes = Number(answer.getHeader('Upload-Offset')) || 0;
        job.arrived(arrivedBytes);
        const length = answer.getHeader('Upload-Length');
        if (length && Number(length) !== file.size) {
          throw new BackendError('BACKEND_REFUSED', 'The storage expects a file of another size.');
        }
      },
      onProgress: (sentBytes) => job.inFlight(0, Math.max(0, sentBytes - arrivedBytes)),
      onChunkComplete: (_, acceptedBytes) => arrive(acceptedBytes),
      onSuccess: () => resolve(),
      onError: (error) => reject(toTypedError(error)),
    });
    const arrive = (bytes: number) => {
      if (bytes <= arrivedBytes) {
        reject(new BackendError('BACKEND_BAD_RESPONSE', 'The storage does not count the bytes that it is sent.'));
        return over.abort();
      }
      chunks.arrived(bytes - arrivedBytes, clock.now() - chunkBeganMs);
      arrivedBytes = bytes;
      // Read by tus-js-client before each chunk.
      upload.options.chunkSize = chunks.next();
      return job.arrived(bytes);
    };
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
    upload.start();
  });
  return sending.finally(() => {
    job.inFlight(0, 0);
    over.abort();
  });
}

/** Answers the request for the offset of a new upload without sending it: tus-js-client has no option to omit it. */
function withoutHead(send: RequestSender, sizeBytes: number): RequestSender {
  const headers: Readonly<Record<string, string>> = { 'Upload-Offset': '0', 'Upload-Length': `${sizeBytes}` };
  return async (request) =>
    request.method === 'HEAD' ? { status: 200, text: '', header: (name) => headers[name] ?? null } : send(request);
}

function blobSource(file: File) {
  return {
    size: file.size,
    slice: async (start: number, end: number) => ({ value: file.slice(start, end), done: end >= file.size }),
    close: () => undefined,
  };
}

function httpStack(send: RequestSender, signal: AbortSignal): HttpStack {
  return {
    getName: () => 'VideoStorage',
    createRequest(method, url) {
      const headers: Record<string, string> = {};
      let onProgress: ((sentBytes: number) => void) | undefined;
      const stopped = new AbortController();
      return {
        getMethod: () => method,
        getURL: () => url,
        setHeader: (name, value) => {
          headers[name] = value;
        },
        getHeader: (name) => headers[name],
        setProgressHandler: (handler) => {
          onProgress = handler;
        },
        async send(body: Blob | undefined) {
          signal.throwIfAborted();
          const answer = await send({
            ...{ method, url, headers, onProgress, signal: AbortSignal.any([signal, stopped.signal]) },
            ...(body && { body }),
          });
          if (answer.status < 200 || answer.status > 299) throw storageAnswerError(answer, true);
          return tusAnswer(answer);
        },
        abort: async () => stopped.abort(),
        getUnderlyingObject: () => undefined,
      };
    },
  };
}

function tusAnswer({ status, text, header }: SenderAnswer) {
  return {
    getStatus: () => status,
    getHeader: (name: string) => header(name) ?? undefined,
    getBody: () => text,
    getUnderlyingObject: () => undefined,
  };
}

/** tus-js-client wraps the errors of our HTTP stack; its own errors mean that the answer did not follow the tus protocol. */
function toTypedError(error: unknown): unknown {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth++) {
    if (isVideoStorageError(each)) return each;
    each = 'causingError' in each ? each.causingError : each.cause;
  }
  return new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the storage was not understood.', { cause: error });
}
