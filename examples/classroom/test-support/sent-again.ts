import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The bytes of one file that the storage, which runs in this process, received from a browser. */
export class SentAgain {
  /** The numbers of the parts of a multipart upload that the storage received; a part received twice is listed twice. */
  readonly takenParts: number[] = [];
  /** For each interruption that had an effect: how many parts were begun again after it and before the next one. */
  readonly begunAgain = new Map<number, number>();
  readonly #begun = new Set<number>();
  readonly #interruptions: () => number;
  readonly #sentBytes: () => number;
  readonly #sentBefore: number;
  readonly #bytes: number[] = [];
  #wasted = 0;

  /**
   * @param sentBytes returns the bytes that browsers have sent so far, including request headers
   * @param interruptions returns the number of interruptions so far
   */
  constructor(sentBytes: () => number, interruptions: () => number = () => 0) {
    this.#sentBytes = sentBytes;
    this.#interruptions = interruptions;
    this.#sentBefore = sentBytes();
    subscribe('http.server.request.start', this.#onRequest);
    subscribe('http.server.response.finish', this.#onAnswer);
  }

  /**
   * Ends the counting when everything has arrived. For tus: for each request with bytes, and for the end, the bytes sent
   * since the previous request that are sent again. After a complete chunk these are only request headers.
   */
  end(sizeBytes: number): readonly number[] {
    unsubscribe('http.server.request.start', this.#onRequest);
    unsubscribe('http.server.response.finish', this.#onAnswer);
    this.#goesOnAt(sizeBytes);
    return this.#bytes;
  }

  #goesOnAt(offset: number): void {
    const wasted = this.#sentBytes() - this.#sentBefore - offset;
    this.#bytes.push(wasted - this.#wasted);
    this.#wasted = wasted;
  }

  readonly #onRequest = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    const offset = request.headers['upload-offset'];
    if (request.method === 'PATCH' && offset !== undefined) this.#goesOnAt(Number(offset));
    this.#beginPart(partOf(request));
  };

  #beginPart(part: number | undefined): void {
    if (part === undefined) return;
    const after = this.#interruptions();
    if (this.#begun.has(part)) this.begunAgain.set(after, (this.begunAgain.get(after) ?? 0) + 1);
    this.#begun.add(part);
  }

  readonly #onAnswer = (message: unknown) => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse };
    const part = partOf(request);
    if (part !== undefined && response.statusCode === 200) this.takenParts.push(part);
  };
}

function partOf({ method, url = '' }: IncomingMessage): number | undefined {
  const part = new URL(url, 'http://storage').searchParams.get('partNumber');
  return method === 'PUT' && part !== null ? Number(part) : undefined;
}
