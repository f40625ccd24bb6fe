import { type Clock, type HmacSigner, isVideoStorageError } from '@videostorage/core';
import type { MemoryVendor } from './memory-vendor.ts';

/** What browsers reach of the memory vendor: signed, expiring URLs to send and to play. */
export class MemoryHandler {
  readonly #vendor: MemoryVendor;
  readonly #signer: HmacSigner;
  readonly #clock: Clock;

  /** Serves what the vendor holds. */
  constructor(vendor: MemoryVendor, signer: HmacSigner, clock: Clock) {
    this.#vendor = vendor;
    this.#signer = signer;
    this.#clock = clock;
  }

  /** The URL with its end and a signature over both. */
  async sign(url: string, expiresAtMs: number): Promise<string> {
    const signed = `${url}?expires=${expiresAtMs}`;
    return `${signed}&signature=${await this.#signer.sign(signed)}`;
  }

  /** Answers 403 for what is not signed or over, 404 for what is not there. */
  async fetch(request: Request): Promise<Response> {
    const [signed = '', signature = ''] = request.url.split('&signature=', 2);
    const url = new URL(request.url);
    const isOver = !(this.#clock.now() < Number(url.searchParams.get('expires')));
    if (isOver || !(await this.#signer.verify(signed, signature))) return new Response(null, { status: 403 });
    const [, action, videoId = '', part] = url.pathname.split('/');
    if (action === 'play') return this.#play(videoId);
    try {
      if (action === 'part') this.#vendor.receivePart(videoId, Number(part), await bytesOf(request));
      else await this.#receiveForm(videoId, request);
      return new Response(null, { status: 201 });
    } catch (error) {
      if (isVideoStorageError(error)) return Response.json({ error }, { status: 404 });
      throw error;
    }
  }

  #play(videoId: string): Response {
    const bytes = this.#vendor.deliver(videoId);
    return bytes === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(bytes));
  }

  async #receiveForm(videoId: string, request: Request): Promise<void> {
    const file = (await request.formData()).get('file');
    if (!(file instanceof Blob)) throw new TypeError('The form has no file.');
    this.#vendor.receive(videoId, new Uint8Array(await file.arrayBuffer()), file.type);
  }
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}
