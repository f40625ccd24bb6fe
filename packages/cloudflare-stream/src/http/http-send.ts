/** One request to the API; bodies are small texts. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  readonly text: string;
}

/** Sends a request and reads the answer. @throws {BackendError} when there is none, or it is too large */
export type HttpSend = (request: HttpRequest) => Promise<HttpAnswer>;

/** The largest answer: a thousand videos with long metadata. */
export const MAX_ANSWER_BYTES: number = 16 * 1024 * 1024;
