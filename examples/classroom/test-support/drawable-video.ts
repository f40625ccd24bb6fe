import { vi } from 'vitest';

/** What a page of happy-dom, which plays no video and draws nothing, reports about the next files. */
export interface DrawableVideo {
  /** The event after the source is set: the beginning is loaded, or cannot be. */
  readonly loads?: 'loadeddata' | 'error';
  /** The picture; null when the canvas cannot encode it. */
  readonly jpeg?: Blob | null;
  /** Width of the film; 0 when only its sound plays. */
  readonly widthPixels?: number;
}

/** Lets the page play and draw each file so; returns what was done. */
export function drawableVideo({
  loads = 'loadeddata',
  jpeg = null,
  widthPixels = 1280,
}: DrawableVideo): readonly string[] {
  const done: string[] = [];
  const { createElement } = document;
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:film');
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void done.push(`revoke ${url}`));
  vi.spyOn(document, 'createElement').mockImplementation((name: string) => {
    const made = createElement.call(document, name);
    const dispatch = (type: string) => void setTimeout(() => made.dispatchEvent(new Event(type)), 0);
    if (name === 'video') {
      Object.defineProperties(made, {
        src: { set: () => dispatch(loads) },
        currentTime: {
          set: (seconds: number) => {
            done.push(`seek ${seconds}`);
            dispatch('seeked');
          },
        },
        duration: { value: 1.5 },
        videoWidth: { value: widthPixels },
        videoHeight: { value: widthPixels / 2 },
      });
    }
    if (name === 'canvas') {
      const drawImage = (_video: unknown, ...place: readonly number[]) => void done.push(`draw ${place}`);
      const toBlob = (take: (blob: Blob | null) => void, type: string) => {
        done.push(type);
        take(jpeg);
      };
      Object.assign(made, { getContext: () => ({ drawImage }), toBlob });
    }
    return made;
  });
  return done;
}
