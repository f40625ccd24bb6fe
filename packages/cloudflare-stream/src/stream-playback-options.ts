import { type PlaybackOptions, type Problem, ValidationError } from '@videostorage/core';
import { z } from 'zod';
import { type AccessRule, accessRulesSchema } from './access-rules.ts';
import {
  type AnimatedPreviewOptions,
  animatedPreviewSchema,
  type PosterOptions,
  posterSchema,
} from './thumbnail-query.ts';

/** Playback options that only Stream has. */
export interface StreamPlaybackExtras {
  /** Replaces the storage's option of the same name. */
  readonly poster?: PosterOptions | undefined;
  /** Replaces the storage's option of the same name. */
  readonly animatedPreview?: AnimatedPreviewOptions | undefined;
  /** Rules that restrict who may play with this grant; the storage's own rules apply as well. At most 5 in all. */
  readonly accessRules?: readonly AccessRule[] | undefined;
}

/** Options of `CloudflareStreamStorage.getPlaybackUrl`. */
export type StreamPlaybackOptions = PlaybackOptions & StreamPlaybackExtras;

const schema = z.object({
  poster: posterSchema.optional(),
  animatedPreview: animatedPreviewSchema.optional(),
  accessRules: accessRulesSchema.optional(),
}) satisfies z.ZodType<StreamPlaybackExtras>;

/** Names of `StreamPlaybackExtras`. */
export const playbackExtraNames: readonly string[] = Object.keys(schema.shape);

/** @throws {ValidationError} with every problem */
export function parsePlaybackExtras(options: StreamPlaybackExtras): StreamPlaybackExtras {
  const { poster, animatedPreview, accessRules } = options;
  // Most calls have none of these options.
  if (poster === undefined && animatedPreview === undefined && accessRules === undefined) return {};
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new ValidationError(
    parsed.error.issues.map((issue): Problem => {
      const path = issue.path.join('.');
      return { path, code: 'OPTION_INVALID', message: `The option \`${path}\` ${issue.message}.` };
    }),
  );
}
