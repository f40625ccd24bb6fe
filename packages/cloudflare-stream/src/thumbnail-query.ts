import { z } from 'zod';

/** How a picture is fitted to the requested size (Cloudflare Stream, "Display thumbnails"). */
export type ThumbnailFit = 'crop' | 'clip' | 'scale' | 'fill';

/** Which still picture represents a video. */
export interface PosterOptions {
  /** Position in the video, in whole seconds. Default: the provider's, the beginning. */
  readonly timeSeconds?: number | undefined;
  /** Width of the picture, 1–2 000. Default: the provider's 640. */
  readonly widthPixels?: number | undefined;
  /** Height of the picture, 1–2 000. Default: the provider's 640. */
  readonly heightPixels?: number | undefined;
  /** How the picture is fitted to that size. Default: the provider's `crop`. */
  readonly fit?: ThumbnailFit | undefined;
}

/** Which animation represents a video. */
export interface AnimatedPreviewOptions extends PosterOptions {
  /** Duration of the animation, 1–30. Default: the provider's 5. */
  readonly durationSeconds?: number | undefined;
  /** Pictures per second, 1–15. Default: the provider's 8. */
  readonly framesPerSecond?: number | undefined;
}

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error }).optional();
};
const poster = {
  timeSeconds: whole(0, 36_000),
  widthPixels: whole(1, 2000),
  heightPixels: whole(1, 2000),
  fit: z.enum(['crop', 'clip', 'scale', 'fill'], { error: 'must be crop, clip, scale or fill' }).optional(),
};

/** Options of a poster, checked. */
export const posterSchema: z.ZodType<PosterOptions> = z.strictObject(poster);
/** Options of an animated preview, checked. */
export const animatedPreviewSchema: z.ZodType<AnimatedPreviewOptions> = z.strictObject({
  ...poster,
  durationSeconds: whole(1, 30),
  framesPerSecond: whole(1, 15),
});

/** The query of `thumbnails/thumbnail.jpg` or `.gif`; empty without options. */
export function thumbnailQuery(options: AnimatedPreviewOptions = {}): string {
  const { timeSeconds, widthPixels, heightPixels, fit, durationSeconds, framesPerSecond } = options;
  const parameters = new URLSearchParams();
  if (timeSeconds !== undefined) parameters.set('time', `${timeSeconds}s`);
  if (widthPixels !== undefined) parameters.set('width', String(widthPixels));
  if (heightPixels !== undefined) parameters.set('height', String(heightPixels));
  if (fit !== undefined) parameters.set('fit', fit);
  if (durationSeconds !== undefined) parameters.set('duration', `${durationSeconds}s`);
  if (framesPerSecond !== undefined) parameters.set('fps', String(framesPerSecond));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
