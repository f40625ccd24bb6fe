import { BackendError, TimeoutError } from '@videostorage/core';
import type { RangeReader, VideoFileFacts } from '@videostorage/media';
import type { FileFunctions } from './file-functions.ts';
import { READ_NO_FOLLOW } from './file-functions.ts';

/**
 * What the file says of itself. A disk is near, so the whole of a recording without a duration may be read.
 * @throws the caller's abort, and what the disk throws
 */
export async function readFacts(
  files: FileFunctions,
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<VideoFileFacts> {
  // Loaded on first use: hosts that only play need no parser.
  const { readVideoFile } = await import('@videostorage/media');
  const handle = await files.open(path, READ_NO_FOLLOW);
  try {
    const { size: sizeBytes } = await handle.stat();
    const facts = await readVideoFile(fileReader(handle, sizeBytes), {
      ...options,
      maxBytesRead: Number.POSITIVE_INFINITY,
    });
    if (!facts.isVideo && facts.reason === 'too-slow') throw new TimeoutError(facts.message);
    return facts;
  } finally {
    await handle.close();
  }
}

type Handle = Awaited<ReturnType<FileFunctions['open']>>;

function fileReader(handle: Handle, sizeBytes: number): RangeReader {
  return {
    sizeBytes,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0)
          throw new BackendError('BACKEND_UNAVAILABLE', 'The file became shorter while it was read.');
        filled += bytesRead;
      }
      return bytes;
    },
  };
}
