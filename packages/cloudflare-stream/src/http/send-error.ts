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
/** The answer was not HTTP, or its head was too large. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'Z_DATA_ERROR',
]);
const BACKEND = { backendName: 'cloudflare-stream' } as const;

/** Why there was no answer, as one of our errors; a caller's abort passes through. */
export function toSendError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof BackendError) return error;
  const code = codeOf(error) ?? codeOf((error as { readonly cause?: unknown } | null)?.cause) ?? '';
  if (UNREADABLE.has(code) || code.startsWith('HPE_') || isParserError(error)) {
    const sentence = 'Cloudflare gave an answer that cannot be read.';
    return new BackendError('BACKEND_BAD_RESPONSE', sentence, { ...BACKEND, cause: error });
  }
  if (isTls(code)) {
    const sentence =
      'The TLS certificate of the API is not trusted; check `apiOrigin`, proxies and the clock of this computer.';
    return new BackendError('BACKEND_REFUSED', sentence, { ...BACKEND, cause: error, notSent: true });
  }
  return new BackendError('BACKEND_UNAVAILABLE', 'Cloudflare cannot be reached.', {
    ...BACKEND,
    cause: error,
    notSent: NOT_SENT.has(code),
  });
}

/** Repeating does not help against a certificate (Node.js, "X509 certificate error codes"). */
function isTls(code: string): boolean {
  return /^ERR_(?:TLS|SSL)|CERT|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH$/.test(code);
}

/** An error of undici's parser, which does not always have a code. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
