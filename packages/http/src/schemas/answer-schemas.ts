import type {
  ChunkRule,
  CookieAccess,
  ErrorBody,
  HealthAnswer,
  MultipartTicket,
  Playback,
  PlaybackBase,
  PlaybackSource,
  PostTicket,
  Problem,
  QueryAccess,
  SignedPart,
  SignPartsAnswer,
  TextTrack,
  TusTicket,
  UploadState,
  UploadTicket,
  UrlAccess,
  VideoFailure,
  VideoMetadata,
  VideoPage,
} from '@videostorage/core';
import { z } from 'zod';
import { errorCodes } from '../error-status.ts';
import type { MembersOf } from './members-of.ts';
import { videoStatusSchema } from './request-schemas.ts';

/** The answers that browsers get: their schemas in the OpenAPI document, by which tests validate each answer. */
const timestamp = z.iso.datetime({ precision: 3 }).meta({ description: 'ISO 8601, UTC, milliseconds.' });
const bytes = z.int().min(0);

const ticketBase = { videoId: z.string(), uploadReference: z.string(), expiresAt: timestamp };

/** Answer of `POST /uploads`. */
export const uploadTicketSchema: z.ZodType<UploadTicket> = z.discriminatedUnion('protocol', [
  z.strictObject({
    ...{ ...ticketBase, protocol: z.literal('tus'), url: z.string() },
    chunk: z.strictObject({ minBytes: bytes, maxBytes: bytes, multipleOf: bytes } satisfies MembersOf<ChunkRule>),
  } satisfies MembersOf<TusTicket>),
  z.strictObject({
    ...{ ...ticketBase, protocol: z.literal('post'), url: z.string() },
    ...{ fields: z.record(z.string(), z.string()), fileField: z.string() },
  } satisfies MembersOf<PostTicket>),
  z.strictObject({
    ...{ ...ticketBase, protocol: z.literal('multipart'), partSizeBytes: bytes, partCount: bytes },
  } satisfies MembersOf<MultipartTicket>),
]);

/** One presigned part. */
const signedPartSchema: z.ZodType<SignedPart> = z.strictObject({
  ...{ partNumber: z.int(), url: z.string(), headers: z.record(z.string(), z.string()) },
  ...{ sizeBytes: bytes, expiresAt: timestamp },
} satisfies MembersOf<SignedPart>);

/** Answer of `POST /uploads/{uploadReference}/parts`. */
export const signPartsAnswerSchema: z.ZodType<SignPartsAnswer> = z.strictObject({
  parts: z.array(signedPartSchema),
} satisfies MembersOf<SignPartsAnswer>);

/** Answer of `GET /uploads/{uploadReference}`. */
export const uploadStateSchema: z.ZodType<UploadState> = z.strictObject({
  ...{ uploadReference: z.string(), videoId: z.string(), status: videoStatusSchema },
  ...{ fileName: z.string(), sizeBytes: bytes, ticket: uploadTicketSchema.exactOptional() },
  uploadedParts: z.array(z.strictObject({ partNumber: z.int(), sizeBytes: bytes })).exactOptional(),
} satisfies MembersOf<UploadState>);

const failureSchema: z.ZodType<VideoFailure> = z.strictObject({
  code: z.enum([
    ...(['SIZE_MISMATCH', 'TYPE_MISMATCH', 'NOT_A_VIDEO', 'DURATION_EXCEEDED'] as const),
    ...(['DURATION_TOO_SHORT', 'MALFORMED', 'FETCH_FAILED', 'UNKNOWN'] as const),
  ]),
  message: z.string(),
} satisfies MembersOf<VideoFailure>);

/** Answer of `confirm`, of `GET` and of `PATCH /videos/{videoId}`. */
export const videoMetadataSchema: z.ZodType<VideoMetadata> = z.strictObject({
  ...{ videoId: z.string(), backendName: z.string(), status: videoStatusSchema, playable: z.boolean() },
  progress: z.number().min(0).max(1).exactOptional(),
  failure: failureSchema.exactOptional(),
  ...{ userId: z.string().exactOptional(), contextId: z.string().exactOptional() },
  ...{ fileName: z.string().exactOptional(), mimeType: z.string().exactOptional(), sizeBytes: bytes.exactOptional() },
  durationSeconds: z.number().min(0).exactOptional(),
  ...{ widthPixels: z.int().exactOptional(), heightPixels: z.int().exactOptional(), codec: z.string().exactOptional() },
  ...{ createdAt: timestamp, uploadedAt: timestamp.exactOptional(), revision: z.string().exactOptional() },
  custom: z.record(z.string(), z.string()).exactOptional(),
} satisfies MembersOf<VideoMetadata>);

/** Answer of `GET /videos`. */
export const videoPageSchema: z.ZodType<VideoPage> = z.strictObject({
  videos: z.array(videoMetadataSchema),
  cursor: z.string().exactOptional().meta({ description: 'Absent on the last page.' }),
} satisfies MembersOf<VideoPage>);

const kind = z.enum(['iframe', 'hls', 'dash', 'file']);
const sourceSchema: z.ZodType<PlaybackSource> = z.strictObject({
  ...{ kind, url: z.string(), mimeType: z.string() },
} satisfies MembersOf<PlaybackSource>);
const trackSchema: z.ZodType<TextTrack> = z.strictObject({
  ...{ kind: z.enum(['captions', 'subtitles', 'chapters']), language: z.string(), label: z.string(), url: z.string() },
} satisfies MembersOf<TextTrack>);

const grantBase = {
  ...{ videoId: z.string(), kind, url: z.string(), sources: z.array(sourceSchema).min(1) },
  ...{ posterUrl: z.string().exactOptional(), animatedPreviewUrl: z.string().exactOptional() },
  ...{ downloadUrl: z.string().exactOptional(), textTracks: z.array(trackSchema).exactOptional() },
  ...{ expiresAt: timestamp, renewAfter: timestamp },
} satisfies MembersOf<PlaybackBase>;

/** Answer of `POST /videos/{videoId}/playback`; cookies are only in `Set-Cookie`. */
export const playbackSchema: z.ZodType<Playback> = z.discriminatedUnion('access', [
  z.strictObject({ ...grantBase, access: z.literal('url') } satisfies MembersOf<UrlAccess>),
  z.strictObject({
    ...{ ...grantBase, access: z.literal('query'), signedQuery: z.string(), scopeUrl: z.string() },
  } satisfies MembersOf<QueryAccess>),
  z.strictObject({ ...grantBase, access: z.literal('cookies') } satisfies MembersOf<Omit<CookieAccess, 'cookies'>>),
]);

const problemSchema: z.ZodType<Problem> = z.strictObject({
  path: z.string(),
  code: z.enum([
    ...(['FILE_TOO_LARGE', 'FILE_EMPTY', 'TYPE_NOT_ALLOWED', 'EXTENSION_MISMATCH', 'FILE_NAME_INVALID'] as const),
    ...(['ID_INVALID', 'CUSTOM_INVALID', 'DURATION_INVALID', 'OPTION_INVALID', 'RULE'] as const),
  ]),
  message: z.string(),
} satisfies MembersOf<Problem>);

/** Every refusal. */
export const errorBodySchema: z.ZodType<ErrorBody> = z.strictObject({
  error: z.strictObject({
    code: z.enum(errorCodes),
    message: z.string(),
    retryable: z.boolean(),
    requestId: z.string().exactOptional(),
    retryAfterMs: z.number().exactOptional(),
    problems: z.array(problemSchema).exactOptional(),
  } satisfies MembersOf<ErrorBody['error']>),
});

/** Answer of `DELETE /videos/{videoId}` while a grant may still open it. */
export const deletingSchema: z.ZodType<{ readonly status: 'deleting' }> = z.strictObject({
  status: z.literal('deleting'),
});

/** Answer of `GET /health`. */
export const healthSchema: z.ZodType<HealthAnswer> = z.strictObject({
  status: z.literal('ok'),
} satisfies MembersOf<HealthAnswer>);
