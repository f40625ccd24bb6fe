import { type Clock, type HmacSigner, isVideoStorageError } from '@videostorage/core';
import type { MemoryProvider } from './memory-provider.ts';

/** The HTTP handler of the memory provider for browsers: signed, expiring URLs for uploads and playback. */
export class MemoryHandler {
  readonly #provider: MemoryProvider;
  readonly #signer: HmacSigner;
  readonly #clock: Clock;

  /** Serves the uploads and videos of this provider. */
  constructor(provider: MemoryProvider, signer: HmacSigner, clock: Clock) {
    this.#provider = provider;
    this.#signer = signer;
    this.#clock = clock;
  }

  /** Signs a URL with its start, its end and a signature over all of it. */
  async sign(url: string, expiresAtMs: number, notBeforeMs = 0): Promise<string> {
    const signed = `${url}?expires=${expiresAtMs}&from=${notBeforeMs}`;
    return `${signed}&signature=${await this.#signer.sign(signed)}`;
  }

  /** Answers 403 when the URL is not signed, expired or not valid yet, 404 when nothing is there, 400 for a form without a file. */
  async fetch(request: Request): Promise<Response> {
    const [signed = '', signature = ''] = request.url.split('&signature=', 2);
    const url = new URL(request.url);
    const nowMs = this.#clock.now();
    const isOver = !(nowMs < Number(url.searchParams.get('expires')));
    const isEarly = !(nowMs >= Number(url.searchParams.get('from')));
    if (isOver || isEarly || !(await this.#signer.verify(signed, signature)))
      return new Response(null, { status: 403 });
    const [, action, videoId = '', part] = url.pathname.split('/');
    if (action === 'play') return this.#play(videoId);
    try {
      if (action === 'part') this.#provider.receivePart(videoId, Number(part), await bytesOf(request));
      else if (!(await this.#receiveForm(videoId, request))) return new Response(null, { status: 400 });
      return new Response(null, { status: 201 });
    } catch (error) {
      if (isVideoStorageError(error)) return Response.json({ error }, { status: 404 });
      throw error;
    }
  }

  #play(videoId: string): Response {
    const bytes = this.#provider.deliver(videoId);
    return bytes === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(bytes));
  }

  /** Whether the form had a file. */
  async #receiveForm(videoId: string, request: Request): Promise<boolean> {
    const form = await request.formData().catch((error: unknown) => {
      // The body is not a form. A body that ended too early is another error.
      if (error instanceof TypeError) return undefined;
      throw error;
    });
    const file = form?.get('file');
    if (!(file instanceof Blob)) return false;
    this.#provider.receive(videoId, new Uint8Array(await file.arrayBuffer()), file.type);
    return true;
  }
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}
