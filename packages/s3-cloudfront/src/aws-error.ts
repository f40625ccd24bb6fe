import { BackendError, type BackendErrorCode, type BackendErrorDetails, parseRetryAfter } from '@videostorage/core';
import { adviceOn, NOT_THE_SERVICE } from './aws-advice.ts';

/** Throws the error for an answer that does not come from the service, or lacks what the service always sends. */
export function unreadable(service: AwsService = 'S3'): never {
  throw unreadableError(service);
}

/** The error for such an answer. */
export function unreadableError(service: AwsService): AwsError {
  return new AwsError(service, 'BACKEND_BAD_RESPONSE', '', {}, NOT_THE_SERVICE);
}

/** The parts of an SDK error that decisions depend on; each may be missing. */
interface AwsErrorShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  /** Beside `AuthorizationHeaderMalformed`. */
  readonly Region?: unknown;
}

/** The services that are called. */
export type AwsService = 'S3' | 'CloudFront';

const THROTTLING: ReadonlySet<string> = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'TooManyRequestsException',
  'TooManyInvalidationsInProgress',
]);
const TRANSIENT: ReadonlySet<string> = new Set([
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ConditionalRequestConflict',
  'OperationAborted',
]);
/** The connection was never made, so nothing can have happened. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** The connection ended within the answer, whatever its status was. */
const DROPPED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);
const MALFORMED: ReadonlySet<string> = new Set([
  'SyntaxError',
  'DeserializationError',
  'HPE_INVALID_CONSTANT',
  'Z_DATA_ERROR',
]);

/** The error's own name, for decisions inside this package: `NoSuchUpload`, for instance; empty when it has none. */
export function awsErrorName(error: unknown): string {
  const name = (error as AwsErrorShape | null)?.name;
  return typeof name === 'string' ? name : '';
}

/** Whether the service itself says, by its own code, that there is no such thing; a router's 404 has no such code. */
export function saysMissing(error: unknown, codes: readonly string[]): boolean {
  const { $metadata } = (error ?? {}) as AwsErrorShape;
  return $metadata?.httpStatusCode === 404 && codes.includes(awsErrorName(error));
}

/** The error for a key that `DeleteObjects` refused inside an answer with status 200. */
export function toDeleteError(code: string): AwsError {
  return toBackendError('S3', { name: code, $metadata: { httpStatusCode: 403 } }, 0);
}

/** A failure of an AWS service, with the details that this package decides by. */
export class AwsError extends BackendError {
  /** The service whose SDK client failed. */
  readonly service: AwsService;
  /** The service's own error code, for instance `SlowDown`; empty when there is none. */
  readonly providerCode: string;

  /** `advice`: one sentence on the setting to change or the step to take, appended to the message. */
  constructor(
    service: AwsService,
    code: BackendErrorCode,
    providerCode: string,
    details: BackendErrorDetails = {},
    advice?: string,
  ) {
    const what = [providerCode, details.status].filter((part) => part !== undefined && part !== '').join(', ');
    const sentence = `${service} ${SENTENCES[code]}${what === '' ? '' : ` (${what})`}.`;
    const message = advice === undefined ? sentence : `${sentence} ${advice}`;
    super(code, message, { backendName: 's3-cloudfront', ...details });
    this.service = service;
    this.providerCode = providerCode;
  }
}

/** Translates what the SDK threw into one of our errors, without its keys, URLs and credentials. The only place that knows AWS's error codes. */
export function toBackendError(service: AwsService, error: unknown, nowMs: number): AwsError {
  const { $metadata, $response, code, Region } = (error ?? {}) as AwsErrorShape;
  const name = awsErrorName(error);
  const systemCode = typeof code === 'string' ? code : '';
  const status = $metadata?.httpStatusCode;
  const kind = classify(name, systemCode, status);
  const headers = $response?.headers ?? {};
  const bucketRegion = headers['x-amz-bucket-region'] ?? (typeof Region === 'string' ? Region : undefined);
  const isWord = (text: string) => /^[A-Za-z_]{3,64}$/.test(text) && text !== 'Unknown' && text !== 'Error';
  const details = {
    cause: toSafeCause(name, systemCode),
    attempts: $metadata?.attempts,
    status,
    providerRequestId: $metadata?.requestId,
    retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs),
    notSent: kind === 'BACKEND_THROTTLED' || NOT_SENT.has(systemCode) || isTlsCode(systemCode),
  };
  const advice =
    kind === 'BACKEND_BAD_RESPONSE' ? NOT_THE_SERVICE : adviceOn({ name, status, systemCode, bucketRegion });
  return new AwsError(service, kind, [name, systemCode].find(isWord) ?? '', details, advice);
}

/** The form of an error's or a system call's name, which no URL has: a proxy in between may give its errors any name. */
const ERROR_NAME = /^[\w.:#-]{1,64}$/;

/** The SDK's own error contains the request with its signature and session token, so only its names are kept. */
function toSafeCause(name: string, systemCode: string): Error {
  return new Error([name, systemCode].filter((part) => ERROR_NAME.test(part)).join(' ') || 'The SDK named no reason.');
}

const SENTENCES: Readonly<Record<BackendErrorCode, string>> = {
  BACKEND_UNAVAILABLE: 'could not be reached or failed',
  BACKEND_THROTTLED: 'asks to slow down',
  BACKEND_BAD_RESPONSE: 'returned an answer that cannot be read',
  BACKEND_REFUSED: 'refused the request',
  BACKEND_FULL: 'has no space left',
};

function classify(name: string, systemCode: string, status: number | undefined): BackendErrorCode {
  if (THROTTLING.has(name) || status === 429) return 'BACKEND_THROTTLED';
  if (TRANSIENT.has(name) || status === 408 || status === 425) return 'BACKEND_UNAVAILABLE';
  if (DROPPED.has(systemCode)) return 'BACKEND_UNAVAILABLE';
  if (MALFORMED.has(name) || MALFORMED.has(systemCode)) return 'BACKEND_BAD_RESPONSE';
  // A 2xx that still threw is an answer that the SDK could not read.
  if (status !== undefined && status < 300) return 'BACKEND_BAD_RESPONSE';
  if (status === 501 || status === 505) return 'BACKEND_REFUSED';
  if (status !== undefined && status >= 500) return 'BACKEND_UNAVAILABLE';
  if (status !== undefined) return 'BACKEND_REFUSED';
  if (isTlsCode(systemCode)) return 'BACKEND_REFUSED';
  return name.includes('Credentials') ? 'BACKEND_REFUSED' : 'BACKEND_UNAVAILABLE';
}

function isTlsCode(code: string): boolean {
  return code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT');
}
