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

  /** Records the bytes that the storage, which runs in this process, receives from now on. */
  constructor(proxy: TcpFaultProxy, partSizeBytes: number) {
    this.#proxy = proxy;
    this.#partSizeBytes = partSizeBytes;
    this.#sentBefore = proxy.uploadedBytes;
    subscribe('http.server.request.start', this.#onRequest);
  }

  /**
   * Ends the counting when everything has arrived. For each request with bytes, and for the end: the bytes sent since the
   * previous request that are sent again. After a complete chunk or part these are only request headers.
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
