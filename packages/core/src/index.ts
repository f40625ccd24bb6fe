export type { IssuedPlayback, StoredVideo, StoredVideoPage } from './base-storage/backend-answers.ts';
export { BaseStorage } from './base-storage/base-storage.ts';
export type { BaseStorageOptions } from './base-storage/base-storage-options.ts';
export { callOptionsOf } from './base-storage/call-options-of.ts';
export { checkUsage } from './base-storage/check-usage.ts';
export { type EachVideoOptions, eachVideo } from './base-storage/each-video.ts';
export type { IdentifiedUploadRequest, IssuedUpload } from './base-storage/issued-upload.ts';
export type { ListRequest } from './base-storage/list-request.ts';
export { type ContentMatch, matchClaims, type ObservedFacts } from './base-storage/match-claims.ts';
export { checkCallOptions } from './base-storage/option-problems.ts';
export type { PlaybackRequest } from './base-storage/playback-request.ts';
export { type CallRunner, StorageCall } from './base-storage/storage-call.ts';
export { type SweepRequest, toSweepRequest, UNCONFIRMABLE_AFTER_MS } from './base-storage/sweep-request.ts';
export { ticketEndsAtMs } from './base-storage/ticket-end.ts';
export type { CostEstimate, CostItem, Usage } from './contract/cost.ts';
export type { ErrorCode, HttpErrorCode } from './contract/error-code.ts';
export type { EventName } from './contract/event-name.ts';
export type { LogLevel, LogRecord, LogSink } from './contract/log-record.ts';
export type { OmitFromEach } from './contract/omit-from-each.ts';
export type {
  CookieAccess,
  Playback,
  PlaybackBase,
  PlaybackKind,
  PlaybackOptions,
  PlaybackSource,
  QueryAccess,
  SignedCookie,
  TextTrack,
  UrlAccess,
  Viewer,
} from './contract/playback.ts';
export type { Clock, CustomMetadata, Timestamp, VideoStatus } from './contract/primitives.ts';
export type { Problem, ProblemCode, ValidationRule } from './contract/problem.ts';
export type {
  LimitScope,
  RateLimitCount,
  RateLimitEntry,
  RateLimitResult,
  RateLimitRule,
  RateLimitStore,
} from './contract/rate-limit.ts';
export type {
  CallOptions,
  ConfirmOptions,
  Deletion,
  ListOptions,
  Maintenance,
  MultipartUploads,
  StorageSweep,
  SweepOptions,
  UploadCallOptions,
  VideoStorage,
  WebhookEvent,
  WebhookRequest,
  Webhooks,
} from './contract/storage.ts';
export type {
  ChunkRule,
  MultipartTicket,
  PostTicket,
  SignedPart,
  TusTicket,
  UploadedPart,
  UploadRequest,
  UploadState,
  UploadTicket,
  UploadTicketBase,
} from './contract/upload.ts';
export type { VideoFailure, VideoMetadata, VideoPage } from './contract/video-metadata.ts';
export type {
  ConfirmUploadBody,
  ErrorBody,
  HealthAnswer,
  PlaybackBody,
  SignPartsAnswer,
  SignPartsBody,
  UpdateVideoBody,
  UploadRequestBody,
} from './contract/wire.ts';
export {
  BackendError,
  type BackendErrorCode,
  type BackendErrorDetails,
  ConfigurationError,
  StoreUnavailableError,
  TimeoutError,
} from './errors/backend-errors.ts';
export { errorFromAnswer, type RefusedAnswer } from './errors/error-from-answer.ts';
export { type AnyVideoStorageError, isVideoStorageError } from './errors/is-video-storage-error.ts';
export { refuseCursor, refuseOption } from './errors/refuse-option.ts';
export {
  AccessError,
  ConflictError,
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  QuotaExceededError,
  RateLimitedError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
  WebhookRefusedError,
} from './errors/request-errors.ts';
export { type ErrorDetails, VideoStorageError } from './errors/video-storage-error.ts';
export { type ConsoleLike, consoleSink } from './log/console-sink.ts';
export { createScrubber } from './log/create-scrubber.ts';
export { describeError, type ErrorDescription } from './log/describe-error.ts';
export type { LogFields } from './log/log-fields.ts';
export { Logger, type LoggerOptions } from './log/logger.ts';
export { type PinoFields, type PinoLike, pinoSink } from './log/pino-sink.ts';
export { scrub } from './log/scrub.ts';
export { isSecret, Secret } from './log/secret.ts';
export { booleanOption } from './options/boolean-option.ts';
export { callOptionSchemas, uploadCallOptionSchemas } from './options/call-option-schemas.ts';
export { checkOptions, nestedOptions, optionsError } from './options/check-options.ts';
export { clockOption, timeOption } from './options/clock-option.ts';
export { loggerOption } from './options/collaborators.ts';
export type { OptionHint } from './options/inspect-options.ts';
export { functionOption, optional, optionOf, wholeNumber } from './options/option-of.ts';
export type {
  CheckedOptions,
  OptionIssue,
  OptionResult,
  OptionSchema,
  OptionSchemas,
} from './options/option-schema.ts';
export { type SecretListRule, type SecretRule, secretListOption, secretOption } from './options/secret-option.ts';
export { type BaseStorageSchemas, checkStorageOptions } from './options/storage-options.ts';
export { clientAddressKey } from './rate-limit/client-address.ts';
export { MemoryRateLimitStore, type MemoryRateLimitStoreOptions } from './rate-limit/memory-rate-limit-store.ts';
export { assertRateLimit } from './rate-limit/rate-limit-bounds.ts';
export { RateLimiter, type RateLimiterOptions } from './rate-limit/rate-limiter.ts';
export type { Hmac, HmacFactory } from './reference/hmac.ts';
export { HmacSigner } from './reference/hmac-signer.ts';
export type { UploadClaims } from './reference/upload-claims.ts';
export { UploadReference } from './reference/upload-reference.ts';
export type { AttemptBound, CallDeadline } from './retry/call-deadline.ts';
export { checkedTimeoutMs } from './retry/checked-timeout-ms.ts';
export { parseRetryAfter } from './retry/retry-after.ts';
export {
  type RetriedOperation,
  type Retry,
  type RetryClass,
  RetryHandler,
  type RetryHandlerOptions,
} from './retry/retry-handler.ts';
export { systemClock } from './time/system-clock.ts';
export { toTimestamp } from './time/timestamp.ts';
export { contentDisposition } from './validation/content-disposition.ts';
export { isForbiddenKey } from './validation/forbidden-keys.ts';
export { canonicalId } from './validation/identifier.ts';
export { isOrigin } from './validation/is-origin.ts';
export { MEDIA_TYPES, type MediaType, PLAYABLE_MIME_TYPES } from './validation/media-type-table.ts';
export {
  canonicalMimeType,
  compatibleMimeTypes,
  extensionForMimeType,
  mimeTypeForExtension,
  mimeTypeLabel,
  sameMimeType,
} from './validation/media-types.ts';
export {
  isVideoId,
  type ObjectVideoId,
  objectVideoId,
  parseObjectVideoId,
} from './validation/object-video-id.ts';
export { isRandomId, randomId } from './validation/random-id.ts';
export { sanitizeFileName } from './validation/sanitize-file-name.ts';
export { parseUploadMetadata, stringifyUploadMetadata, type UploadMetadata } from './validation/upload-metadata.ts';
export { Validator } from './validation/validator.ts';
export type { ValidatorOptions } from './validation/validator-options.ts';
