/** One request that carries bytes to a storage. */
interface OutgoingRequest {
  /** HTTP method, in upper case. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** Sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read from the disk while it is sent, never held in memory as a whole. */
  readonly body?: Blob | FormData | undefined;
  /** Aborts the request, which then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Called with the bytes of the body that were sent, as often as the browser reports them. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
}

/** The answer, whatever its status. */
export interface SenderAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The first 65 536 characters of the body: a storage's error has a few hundred. */
  readonly text: string;
  /** A header; null when it is absent, or when CORS hides it from this page. */
  header(name: string): string | null;
}

/**
 * Sends a request once, by what the platform has. No policy is here: retries and the watchdog are above it.
 * Rejects with `BACKEND_UNAVAILABLE` when there was no answer.
 */
export type RequestSender = (request: OutgoingRequest) => Promise<SenderAnswer>;

/** Characters of an answer that are kept. */
export const MAX_ANSWER_LENGTH = 65_536;
