import type { ByteRange } from './byte-range.ts';
import type { Reading, SharedFiles } from './shared-files.ts';

/** One read; a slow viewer holds no more than this in memory. */
const CHUNK_BYTES = 512 * 1024;

/** A part of a stored file that answers a request. */
export interface FileSegment {
  /** The files that are being read. */
  readonly files: SharedFiles;
  /** The file. */
  readonly path: string;
  /** Which part of it. */
  readonly range: ByteRange;
  /** Called with the error that ended the reading. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The bytes of a part, read one after the other; the file is opened with the first read, and released when all was read, when
 * the reader stops, or when the signal aborts.
 */
export async function* readSegment(segment: FileSegment, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const { files, path, range } = segment;
  signal.throwIfAborted();
  let reading: Reading | undefined;
  try {
    reading = await files.read(path);
    const { handle } = reading;
    for (let position = range.start; position < range.end; ) {
      signal.throwIfAborted();
      const bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, range.end - position));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
      if (bytesRead === 0) throw new RangeError('The file became shorter while it was sent.');
      position += bytesRead;
      yield bytes.subarray(0, bytesRead);
    }
  } catch (error) {
    if (!signal.aborted) segment.onFailure(error);
    throw error;
  } finally {
    await reading?.release();
  }
}

/**
 * The part as a body that reads the file only as fast as it is consumed, and opens the file on the first read: an answer that
 * is not read holds no open file. An abort of the signal closes the file, also between two reads.
 */
function fileBody(segment: FileSegment, signal: AbortSignal): ReadableStream<Uint8Array> {
  let chunks: AsyncGenerator<Uint8Array, void> | undefined;
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (chunks === undefined) {
          const opened = readSegment(segment, signal);
          chunks = opened;
          const onAbort = () => {
            controller.error(signal.reason);
            // Only here a failed close is ignored: the reader gets the signal's reason, and a file that was only read
            // loses nothing.
            opened.return().catch(() => undefined);
          };
          stop = () => signal.removeEventListener('abort', onAbort);
          signal.addEventListener('abort', onAbort, { once: true });
        }
        try {
          const next = await chunks.next();
          if (signal.aborted) return;
          if (!next.done) return controller.enqueue(next.value);
        } catch (error) {
          stop();
          // This also reports a request that ended before the first read: an abort that has already happened calls no listener.
          throw error;
        }
        stop();
        controller.close();
      },
      async cancel() {
        stop();
        await chunks?.return();
      },
    },
    { highWaterMark: 0 },
  );
}

const segments = new WeakMap<Response, FileSegment>();
const sentByServer = new WeakSet<Request>();

/** Marks a request whose server sends files itself: the response to it needs no body. */
export function expectSegment(request: Request): void {
  sentByServer.add(request);
}

/** A response with a part of a file: as its body, or for `segmentOf` when `expectSegment` marked the request. */
export function respondWithSegment(request: Request, init: ResponseInit, segment: FileSegment): Response {
  // A web stream costs as much time as the rest of the answer.
  if (!sentByServer.has(request)) return new Response(fileBody(segment, request.signal), init);
  const response = new Response(null, init);
  segments.set(response, segment);
  return response;
}

/** The part of a file that a response carries beside its body; undefined for all others. */
export function segmentOf(response: Response): FileSegment | undefined {
  return segments.get(response);
}
