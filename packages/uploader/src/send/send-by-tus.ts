/// <reference path="./tus-base-upload.d.ts" />
import { BackendError, type ChunkRule, type Clock, isVideoStorageError, type TusTicket } from '@videostorage/core';
import type { HttpStack } from 'tus-js-client';
import type BaseUpload from 'tus-js-client/lib/upload.js';
import type { RequestSender, SenderAnswer } from './request-sender.ts';
import type { SendJob } from './send-job.ts';
import { storageAnswerError } from './storage-answer-error.ts';

/** The first chunk. What breaks off may have to be sent again: on a slow connection chunks stay at this size. */
const FIRST_CHUNK_BYTES = 16 * 1024 * 1024;
const LARGEST_CHUNK_BYTES = 128 * 1024 * 1024;
/** A chunk that took less is followed by one of twice the size: between two chunks the connection is idle. */
const SHORT_CHUNK_MS = 1000;

/**
 * By tus 1.0.0, from the offset that the storage has. Each try is one run of tus-js-client, without its own retries. A
 * storage may keep nothing of a chunk that broke off, so the chunks of each further try have half the size, and grow no more:
 * a network that never lasts for the largest gets through with the smallest that the ticket allows.
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
    took: (ms) => {
      if (ms < SHORT_CHUNK_MS && !hasFailed) wantedBytes = Math.min(LARGEST_CHUNK_BYTES, wantedBytes * 2);
    },
  };
  return job.persist(async (signal) => {
    try {
      await sendOnce(Upload, ticket.url, chunks, job, clock, signal);
    } catch (error) {
      hasFailed = true;
      wantedBytes /= 2;
      throw error;
    }
  });
}

/** How large the chunks are. */
interface ChunkSizes {
  /** Size of the chunk that is sent now. */
  next(): number;
  /** A chunk has arrived, after so long. */
  took(ms: number): void;
}

/** The size nearest to the wanted one, from below, that keeps to the ticket's rule. */
export function chunkSizeOf({ minBytes, maxBytes, multipleOf }: ChunkRule, wantedBytes: number): number {
  const allowed = Math.min(maxBytes, Math.max(minBytes, wantedBytes));
  const multiple = Math.floor(allowed / multipleOf) * multipleOf;
  return multiple >= Math.max(minBytes, 1) ? multiple : Math.ceil(Math.max(minBytes, 1) / multipleOf) * multipleOf;
}

function sendOnce(
  Upload: typeof BaseUpload,
  url: string,
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
      // One layer retries, and one remembers: neither is this one.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => '',
      fileReader: { openFile: async () => blobSource(file) },
      httpStack: httpStack(job.send, AbortSignal.any([signal, over.signal])),
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
      arrivedBytes = bytes;
      job.inFlight(0, 0);
      chunks.took(clock.now() - chunkBeganMs);
      // Read by tus-js-client before each chunk.
      upload.options.chunkSize = chunks.next();
      return job.arrived(bytes);
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
    upload.start();
  });
  return sending.finally(() => {
    job.inFlight(0, 0);
    over.abort();
  });
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

/** tus-js-client wraps what our own stack has thrown; what it complains of itself is an answer that is not tus. */
function toTypedError(error: unknown): unknown {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; depth++) {
    if (isVideoStorageError(each)) return each;
    each = 'causingError' in each ? each.causingError : each.cause;
  }
  return new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the storage was not understood.', { cause: error });
}
