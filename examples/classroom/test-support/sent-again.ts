import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the storage, which runs in this process, was sent of one file that a browser uploads. */
export class SentAgain {
  /** For each part of a multipart upload that the storage took, its number: a part that it took twice is there twice. */
  readonly takenParts: number[] = [];
  /** How many sendings of a part began. */
  begunParts = 0;
  readonly #sentBytes: () => number;
  readonly #sentBefore: number;
  readonly #bytes: number[] = [];
  #wasted = 0;

  /** @param sentBytes all that browsers have sent so far, heads of requests included */
  constructor(sentBytes: () => number) {
    this.#sentBytes = sentBytes;
    this.#sentBefore = sentBytes();
    subscribe('http.server.request.start', this.#onRequest);
    subscribe('http.server.response.finish', this.#onAnswer);
  }

  /**
   * Ends the counting when all has arrived. Of tus: for each request that carries bytes, and for the end, how much had been sent
   * since the one before that this one sends again. After a chunk that arrived that is the heads of requests.
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
    if (partOf(request) !== undefined) this.begunParts += 1;
  };

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
