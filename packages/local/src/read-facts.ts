import { BackendError, TimeoutError } from '@videostorage/core';
import type { ProbedNotVideo, ProbedVideo, RangeReader } from '@videostorage/media';
import type { FileFunctions } from './file-functions.ts';
import { READ_NO_FOLLOW } from './file-functions.ts';

/**
 * What the file says of itself.
 * @throws {TimeoutError} when that could not be determined; the caller's abort, and what the disk throws
 */
export async function readFacts(
  files: FileFunctions,
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<ProbedVideo | ProbedNotVideo> {
  // Loaded on first use: hosts that only play probe nothing.
  const { probeVideo } = await import('@videostorage/media');
  const handle = await files.open(path, READ_NO_FOLLOW);
  try {
    const { size: sizeBytes } = await handle.stat();
    const result = await probeVideo(fileReader(handle, sizeBytes), options);
    // No verdict: the bytes stay, and the same call may find out later.
    if (result.outcome === 'undetermined') throw new TimeoutError(result.message);
    if (result.outcome === 'video' && result.durationSeconds === undefined) {
      throw new TimeoutError('How long the video is could not be determined.');
    }
    return result;
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
