import type { EventName } from '../contract/event-name.ts';
import type { LogLevel } from '../contract/log-record.ts';
import type { CallOptions } from '../contract/storage.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { describeError } from '../log/describe-error.ts';
import type { LogFields } from '../log/log-fields.ts';
import type { Logger } from '../log/logger.ts';

/** Fields of an event; those that the caller does not know are undefined. */
export type EventFields = {
  readonly [K in keyof LogFields]?: LogFields[K] | undefined;
};

/** Codes of refusals that the user can fix by changing something or waiting. */
const REJECTIONS: readonly string[] = ['VALIDATION_FAILED', 'RATE_LIMITED', 'NOT_UPLOADED'];

/** Logs the events of one storage, each at its level. */
export class StorageEvents {
  readonly #logger: Logger;
  readonly #backendName: string;

  /** `backendName` is added to every event. */
  constructor(logger: Logger, backendName: string) {
    this.#logger = logger;
    this.#backendName = backendName;
  }

  /** Logs one event; the logger omits undefined fields. */
  log(level: LogLevel, event: EventName, fields: EventFields, options: CallOptions): void {
    const all = { backendName: this.#backendName, ...fields, requestId: options.requestId };
    this.#logger.log(level, event, all as LogFields);
  }

  /** Logs `upload.rejected` when the user can fix it by changing something or waiting, else `upload.failed`. */
  uploadFailure(
    request: Pick<UploadRequest, 'userId' | 'contextId'> & { readonly videoId?: string },
    error: unknown,
    options: CallOptions,
  ): void {
    const { code, message } = describeError(error);
    const { videoId, userId, contextId } = request ?? {};
    if (REJECTIONS.includes(code)) this.log('warn', 'upload.rejected', { videoId, userId, contextId, code }, options);
    else this.log('warn', 'upload.failed', { videoId, userId, contextId, code, message }, options);
  }

  /** Logs `rate_limit.denied` when the error is a `RateLimitedError`. */
  rateLimitDenied(operation: string, error: unknown, options: CallOptions): void {
    if (!isVideoStorageError(error) || error.code !== 'RATE_LIMITED') return;
    const { scope, limit, retryAfterMs } = error;
    this.log('warn', 'rate_limit.denied', { operation, scope, limit, retryAfterMs }, options);
  }
}
