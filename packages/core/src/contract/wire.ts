import type { ErrorCode, HttpErrorCode } from './error-code.ts';
import type { PlaybackKind } from './playback.ts';
import type { CustomMetadata } from './primitives.ts';
import type { Problem } from './problem.ts';
import type { SignedPart, UploadRequest } from './upload.ts';

/** Every refusal. */
export interface ErrorBody {
  /** The refusal itself. */
  readonly error: {
    /** Stable, for branching. */
    readonly code: ErrorCode | HttpErrorCode;
    /** A sentence for people; holds nothing secret. */
    readonly message: string;
    /** The same call may succeed later without change. */
    readonly retryable: boolean;
    /** Finds the call in the host's log. */
    readonly requestId?: string;
    /** Wait this long. */
    readonly retryAfterMs?: number;
    /** All that is wrong with the input. */
    readonly problems?: readonly Problem[];
  };
}

/** What a browser may say of an upload; who asks comes from the session. */
export type UploadRequestBody = Omit<UploadRequest, 'userId' | 'tenantId' | 'uploadId'>;

/** What a browser may say when it has sent the bytes. */
export interface ConfirmUploadBody {
  /** What the browser measured, in seconds: a hint that decides nothing. */
  readonly durationSeconds?: number | undefined;
}

/** Asks for presigned parts. */
export interface SignPartsBody {
  /** 1–100 numbers. */
  readonly partNumbers: readonly number[];
}

/** Presigned parts. */
export interface SignPartsAnswer {
  /** In the order that was asked for. */
  readonly parts: readonly SignedPart[];
}

/** Asks for a playback grant. */
export interface PlaybackBody {
  /** Which kind should stand first. */
  readonly kind?: PlaybackKind | undefined;
}

/** Changes the record of a video; the storage is not touched. */
export interface UpdateVideoBody {
  /** New display name. */
  readonly fileName?: string | undefined;
  /** Replaces all of the host's own strings. */
  readonly custom?: CustomMetadata | undefined;
}

/** The process is up. */
export interface HealthAnswer {
  /** Always `ok`. */
  readonly status: 'ok';
}
