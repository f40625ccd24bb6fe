const WIDTH = 480;
const MAX_BYTES = 90_000;
const PATIENCE_MS = 15_000;

/** A picture of a video that is about to be sent, as this browser shows it; undefined when it cannot show it. */
export async function drawPoster(file: File): Promise<Blob | undefined> {
  const url = URL.createObjectURL(file);
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    if (!(await happens(video, 'loadeddata'))) return undefined;
    // Films begin dark.
    video.currentTime = Math.min(1, video.duration / 3);
    if (!(await happens(video, 'seeked')) || video.videoWidth === 0) return undefined;
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.75));
    return jpeg !== null && jpeg.size <= MAX_BYTES ? jpeg : undefined;
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** Whether it happens before an error and before patience ends. */
function happens(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const settle = (value: boolean) => {
      clearTimeout(timer);
      resolve(value);
    };
    video.addEventListener(event, () => settle(true), { once: true });
    video.addEventListener('error', () => settle(false), { once: true });
  });
}
