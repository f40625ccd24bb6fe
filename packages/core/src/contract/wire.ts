import type { ErrorCode, HttpErrorCode } from './error-code.ts';
import type { PlaybackKind } from './playback.ts';
import type { CustomMetadata } from './primitives.ts';
import type { Problem } from './problem.ts';
import type { SignedPart, UploadRequest } from './upload.ts';

/** Body of every HTTP answer that refuses a call. */
export interface ErrorBody {
  /** Why the call was refused. */
  readonly error: {
    /** Stable code: branch on it, not on the message. */
    readonly code: ErrorCode | HttpErrorCode;
    /** A message for the user; contains nothing secret. */
    readonly message: string;
    /** Whether the same call may succeed later. */
    readonly retryable: boolean;
    /** Id of the request, under which the host app's log has the call. */
    readonly requestId?: string;
    /** Delay after which the same call may succeed. */
    readonly retryAfterMs?: number;
    /** All problems of the input; present with `VALIDATION_FAILED`. */
    readonly problems?: readonly Problem[];
  };
}

/** What a browser may declare about an upload; the user comes from the session of the host app. */
export type UploadRequestBody = Omit<UploadRequest, 'userId' | 'tenantId' | 'uploadId'>;

/** What a browser may send when it has uploaded the bytes. */
export interface ConfirmUploadBody {
  /** Duration that the browser measured: a hint, which is never used to accept or refuse a video. */
  readonly durationSeconds?: number | undefined;
}

/** Body of a request for signed parts. */
export interface SignPartsBody {
  /** Numbers of the parts, 1–100 of them. */
  readonly partNumbers: readonly number[];
}

/** Answer to `SignPartsBody`. */
export interface SignPartsAnswer {
  /** In the order of the numbers in the request. */
  readonly parts: readonly SignedPart[];
}

/** Body of a request for a playback grant. */
export interface PlaybackBody {
  /** Preferred kind of source. */
  readonly kind?: PlaybackKind | undefined;
}

/** Body of a request that changes the record of a video; what the storage holds stays unchanged. */
export interface UpdateVideoBody {
  /** New display name. */
  readonly fileName?: string | undefined;
  /** Replaces all strings of the host app. */
  readonly custom?: CustomMetadata | undefined;
}

/** Answer of the health route. */
export interface HealthAnswer {
  /** Always `ok`: the process answers. */
  readonly status: 'ok';
}
