import { BackendError } from '@videostorage/core';

/** The connection was never made, so nothing can have happened. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** What came back was no HTTP, or too much of it. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RESPONSE_EXCEEDED_MAX_SIZE',
  'Z_DATA_ERROR',
]);

/** Why there was no answer, as one of our errors; a caller's abort passes through. */
export function toSendError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof BackendError) return error;
  const code = codeOf(error) ?? codeOf((error as { readonly cause?: unknown } | null)?.cause) ?? '';
  if (UNREADABLE.has(code) || code.startsWith('HPE_')) {
    return new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare gave an answer that cannot be read.', { cause: error });
  }
  const isTls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT');
  if (isTls)
    return new BackendError('BACKEND_REFUSED', 'The connection to Cloudflare is not trusted.', {
      cause: error,
      notSent: true,
    });
  return new BackendError('BACKEND_UNAVAILABLE', 'Cloudflare cannot be reached.', {
    cause: error,
    notSent: NOT_SENT.has(code),
  });
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
