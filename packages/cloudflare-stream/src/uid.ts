import { isVideoId, VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';

/** A uid as it may come from the API: 32 hexadecimal digits today, and nothing that changes a path ever. */
export const uidSchema: z.ZodType<string> = z.string().refine(isVideoId);

/** The path of a video below `/stream`. @throws {VideoNotFoundError} the text is not an id, for instance `..` */
export function videoPath(videoId: string): string {
  if (!isVideoId(videoId)) throw new VideoNotFoundError();
  return `/${videoId}`;
}
