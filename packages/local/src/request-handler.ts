import { allowOrigin, type CrossOriginRules, describePreflight } from './cross-origin.ts';
import { refuse } from './plain-answer.ts';
import { PLAYBACK_METHODS, type PlaybackHandler } from './playback-handler.ts';
import { type RequestTarget, readTarget } from './request-target.ts';
import { statusOf } from './status-of-error.ts';
import { UPLOAD_METHODS, type UploadHandler } from './upload-handler.ts';

/** Called with a failure that became a 5xx answer. */
type FailureListener = (error: unknown, target: RequestTarget) => void;

/** The parts of the handler. */
export interface RequestHandlerParts {
  /** Path of `baseUrl`. */
  readonly basePath: string;
  /** What pages of other origins may do. */
  readonly rules: CrossOriginRules;
  /** Answers below `/uploads`. */
  readonly uploads: UploadHandler;
  /** Answers below `/videos`. */
  readonly playback: PlaybackHandler;
  /** Called with a failure that became a 5xx answer. */
  readonly onFailure: FailureListener;
}

/** Routes requests to uploads and playback, and adds the headers that every answer has. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
  }

  /** Answers any request; never rejects. */
  async handle(request: Request): Promise<Response> {
    const target = readTarget(request.url, this.#parts.basePath);
    const response = target === undefined ? refuse(404) : await this.#answer(request, target);
    response.headers.set('X-Content-Type-Options', 'nosniff');
    // The URL is a grant: pages that are opened from it must not pass it on.
    response.headers.set('Referrer-Policy', 'no-referrer');
    allowOrigin(response.headers, request, this.#parts.rules);
    return response;
  }

  async #answer(request: Request, target: RequestTarget): Promise<Response> {
    try {
      if (request.method === 'OPTIONS') return await this.#preflight(request, target);
      return target.kind === 'upload'
        ? await this.#parts.uploads.handle(request, target.file, target.query)
        : await this.#parts.playback.handle(request, target.videoId, target.query);
    } catch (error) {
      this.#parts.onFailure(error, target);
      return refuse(statusOf(error));
    }
  }

  async #preflight(request: Request, target: RequestTarget): Promise<Response> {
    const isUpload = target.kind === 'upload';
    const response = isUpload ? await this.#parts.uploads.options(request) : new Response(null, { status: 204 });
    const methods = isUpload ? UPLOAD_METHODS : PLAYBACK_METHODS;
    response.headers.set('Allow', methods);
    describePreflight(response.headers, methods);
    return response;
  }
}
