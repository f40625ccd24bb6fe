import type { Clock } from '@videostorage/core';
import type { MediaHint } from '../upload-handle.ts';

const DEADLINE_MS = 5000;

/**
 * What the page's own `<video>` reports of a file, from its index, without decoding it. Empty where there is no page, where the
 * browser cannot play the file, and after 5 s.
 */
export async function probeMedia(file: File, clock: Clock, signal: AbortSignal): Promise<MediaHint> {
  if (typeof document === 'undefined') return {};
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  const over = new AbortController();
  try {
    return await new Promise<MediaHint>((resolve, reject) => {
      video.onloadedmetadata = () => resolve(hintOf(video));
      video.onerror = () => resolve({});
      signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
      clock.sleep(DEADLINE_MS, over.signal).then(
        () => resolve({}),
        () => resolve({}),
      );
      video.preload = 'metadata';
      video.muted = true;
      video.src = url;
    });
  } finally {
    over.abort();
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** A recording that was never closed has the duration Infinity: unknown. */
function hintOf({ duration, videoWidth, videoHeight }: HTMLVideoElement): MediaHint {
  return {
    ...(Number.isFinite(duration) && duration > 0 && { durationSeconds: duration }),
    ...(videoWidth > 0 && videoHeight > 0 && { widthPixels: videoWidth, heightPixels: videoHeight }),
  };
}
