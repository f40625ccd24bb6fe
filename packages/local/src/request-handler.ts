import { allowOrigin, type CrossOriginRules, describePreflight } from './cross-origin.ts';
import { refuse } from './plain-answer.ts';
import { PLAYBACK_METHODS, type PlaybackHandler } from './playback-handler.ts';
import { type RequestTarget, readTarget } from './request-target.ts';
import { statusOf } from './status-of-error.ts';
import { UPLOAD_METHODS, type UploadHandler } from './upload-handler.ts';

/** Told of a failure that became a 5xx answer. */
export type FailureListener = (error: unknown, target: RequestTarget) => void;

/** One door for uploads and playback: finds the way, and adds what every answer carries. */
export class RequestHandler {
  readonly #basePath: string;
  readonly #rules: CrossOriginRules;
  readonly #uploads: UploadHandler;
  readonly #playback: PlaybackHandler;
  readonly #onFailure: FailureListener;

  /** Over the parts of one storage. */
  constructor(parts: {
    readonly basePath: string;
    readonly rules: CrossOriginRules;
    readonly uploads: UploadHandler;
    readonly playback: PlaybackHandler;
    readonly onFailure: FailureListener;
  }) {
    this.#basePath = parts.basePath;
    this.#rules = parts.rules;
    this.#uploads = parts.uploads;
    this.#playback = parts.playback;
    this.#onFailure = parts.onFailure;
  }

  /** Answers any request; never rejects. */
  async handle(request: Request): Promise<Response> {
    const target = readTarget(request.url, this.#basePath);
    const response = target === undefined ? refuse(404) : await this.#answer(request, target);
    response.headers.set('X-Content-Type-Options', 'nosniff');
    // The URL is a leave: pages that are opened from it must not pass it on.
    response.headers.set('Referrer-Policy', 'no-referrer');
    allowOrigin(response.headers, request, this.#rules);
    return response;
  }

  async #answer(request: Request, target: RequestTarget): Promise<Response> {
    try {
      if (request.method === 'OPTIONS') return await this.#preflight(request, target);
      return target.kind === 'upload'
        ? await this.#uploads.handle(request, target.uploadId, target.query)
        : await this.#playback.handle(request, target.videoId, target.query);
    } catch (error) {
      this.#onFailure(error, target);
      return refuse(statusOf(error));
    }
  }

  async #preflight(request: Request, target: RequestTarget): Promise<Response> {
    const isUpload = target.kind === 'upload';
    const response = isUpload ? await this.#uploads.options(request) : new Response(null, { status: 204 });
    const methods = isUpload ? UPLOAD_METHODS : PLAYBACK_METHODS;
    response.headers.set('Allow', methods);
    describePreflight(response.headers, methods);
    return response;
  }
}
