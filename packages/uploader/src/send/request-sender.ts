/** One request that carries bytes to a storage. */
interface OutgoingRequest {
  /** In upper case. */
  readonly method: string;
  /** Where it goes. */
  readonly url: string;
  /** Sent exactly so. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read from the disk while it is sent, never as a whole into memory. */
  readonly body?: Blob | FormData | undefined;
  /** Ends the request; it rejects with the signal's own reason. */
  readonly signal: AbortSignal;
  /** How much of the body has gone out; not more often than the browser says. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
}

/** What came back, whatever its status. */
export interface SenderAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The beginning of the body: a storage's error is a few hundred characters. */
  readonly text: string;
  /** A header that this page may read; null else. */
  header(name: string): string | null;
}

/**
 * Sends a request, once. The port below which browsers and Node differ: no policy is here.
 * Rejects with `BACKEND_UNAVAILABLE` when there was no answer.
 */
export type RequestSender = (request: OutgoingRequest) => Promise<SenderAnswer>;

/** How much of an answer is kept. */
export const MAX_ANSWER_LENGTH = 65_536;
