import type { ByteRange } from './byte-range.ts';
import type { FileFunctions } from './file-functions.ts';

/** An open file. */
type FileHandle = Awaited<ReturnType<FileFunctions['open']>>;

/** One read; a slow viewer holds no more than this in memory. */
const CHUNK_BYTES = 256 * 1024;

/**
 * A part of an open file as a body that is read only as fast as it is taken. The file is closed when the body has been read,
 * was cancelled, failed, or when the signal aborts: whatever comes first.
 */
export function fileBody(handle: FileHandle, range: ByteRange, signal: AbortSignal): ReadableStream<Uint8Array> {
  let position = range.start;
  let closing: Promise<void> | undefined;
  const close = () => {
    signal.removeEventListener('abort', onAbort);
    closing ??= handle.close();
    return closing;
  };
  let controllerOfBody: ReadableStreamDefaultController<Uint8Array> | undefined;
  const onAbort = () => {
    controllerOfBody?.error(signal.reason);
    // Nobody waits for this, and a file that was only read loses nothing when closing it fails.
    close().catch(() => undefined);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controllerOfBody = controller;
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
      },
      async pull(controller) {
        const bytes = new Uint8Array(Math.min(CHUNK_BYTES, range.end - position));
        try {
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
          if (closing !== undefined) return;
          if (bytesRead === 0) throw new RangeError('The file became shorter while it was sent.');
          position += bytesRead;
          controller.enqueue(bytes.subarray(0, bytesRead));
        } catch (error) {
          await close();
          throw error;
        }
        if (position < range.end) return;
        controller.close();
        await close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
