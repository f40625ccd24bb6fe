import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { TcpFaultProxy } from '@videostorage/emulators';

/** How much of one file is sent again after each interruption, when its chunks or parts are sent one after another. */
export class SentAgain {
  readonly #proxy: TcpFaultProxy;
  readonly #partSizeBytes: number;
  readonly #sentBefore: number;
  readonly #bytes: number[] = [];
  #wasted = 0;

  /** Looks at what the storage, which runs in this process, is sent from now on. */
  constructor(proxy: TcpFaultProxy, partSizeBytes: number) {
    this.#proxy = proxy;
    this.#partSizeBytes = partSizeBytes;
    this.#sentBefore = proxy.uploadedBytes;
    subscribe('http.server.request.start', this.#onRequest);
  }

  /**
   * Ends the counting when all has arrived. For each request that carried bytes, and for the end: how much had been sent since the
   * request before that is sent again. After a chunk or part that arrived, it is the heads of requests.
   */
  end(sizeBytes: number): readonly number[] {
    unsubscribe('http.server.request.start', this.#onRequest);
    this.#goesOnAt(sizeBytes);
    return this.#bytes;
  }

  #goesOnAt(offset: number): void {
    const wasted = this.#proxy.uploadedBytes - this.#sentBefore - offset;
    this.#bytes.push(wasted - this.#wasted);
    this.#wasted = wasted;
  }

  readonly #onRequest = (message: unknown) => {
    const { method, url = '', headers } = (message as { readonly request: IncomingMessage }).request;
    const part = new URL(url, 'http://storage').searchParams.get('partNumber');
    if (method === 'PUT' && part !== null) this.#goesOnAt((Number(part) - 1) * this.#partSizeBytes);
    if (method === 'PATCH' && 'upload-offset' in headers) this.#goesOnAt(Number(headers['upload-offset']));
  };
}
