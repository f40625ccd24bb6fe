const WIDTH = 480;
const MAX_BYTES = 90_000;
const EVENT_TIMEOUT_MS = 15_000;

/** A picture of a video that is about to be sent, as this browser shows it; undefined when it cannot show it. */
export async function drawPoster(file: File): Promise<Blob | undefined> {
  const url = URL.createObjectURL(file);
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    if (!(await occurs(video, 'loadeddata'))) return undefined;
    // Skips the beginning, since many films begin dark.
    video.currentTime = Math.min(1, video.duration / 3);
    if (!(await occurs(video, 'seeked')) || video.videoWidth === 0) return undefined;
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

/** Whether the event occurs before an error and before the time limit. */
function occurs(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), EVENT_TIMEOUT_MS);
    const settle = (value: boolean) => {
      clearTimeout(timer);
      resolve(value);
    };
    video.addEventListener(event, () => settle(true), { once: true });
    video.addEventListener('error', () => settle(false), { once: true });
  });
}
