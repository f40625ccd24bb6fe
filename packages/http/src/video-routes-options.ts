import {
  type CheckedOptions,
  checkOptions,
  consoleSink,
  functionOption,
  isOrigin,
  Logger,
  loggerOption,
  type OptionSchemas,
  optional,
  optionOf,
  wholeNumber,
} from '@videostorage/core';
import type { Actor, VideoService } from '@videostorage/service';

/** The members of a `VideoService` that the routes use; an object that wraps one works as well. */
export type RoutedService = Pick<
  VideoService,
  | 'storages'
  | 'getUploadUrl'
  | 'getUpload'
  | 'signParts'
  | 'confirmUpload'
  | 'abortUpload'
  | 'listVideos'
  | 'getVideo'
  | 'updateVideo'
  | 'deleteVideo'
  | 'getPlaybackUrl'
  | 'handleWebhook'
>;

/** Options of `createVideoRoutes`. An unknown option is refused, with the nearest known name. */
export interface VideoRoutesOptions {
  /**
   * The `VideoService` that the routes call. Its storages that serve requests themselves, as `LocalStorage` does, are
   * mounted as well.
   */
  readonly service: RoutedService;
  /**
   * Returns the user who makes a request, from the host app's own session; if middleware has already read the session,
   * `nodeRequestOf` of `/node` gives access to it. Undefined is answered with 401. The function must not read the
   * request's body.
   */
  readonly actor: (request: Request) => Actor | undefined | Promise<Actor | undefined>;
  /** Path of the routes. Default `/api/video`. */
  readonly basePath?: string | undefined;
  /** Origins whose pages may call the routes, with cookies, in addition to the host app's own. Default: none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Maximum size of a JSON body, 1 KiB–16 MiB. Default 64 KiB. For webhooks it is always 256 KiB. */
  readonly maxBodyBytes?: number | undefined;
  /**
   * How long a body may take to arrive, 1–600 000 ms; after that the answer is 408. Default 10 000. It applies to JSON
   * and webhooks, not to the bytes of videos.
   */
  readonly bodyTimeoutMs?: number | undefined;
  /** Returns the id of a request in logs and answers, 1–128 printable characters without spaces. Default: a random one. */
  readonly requestId?: ((request: Request) => string | undefined) | undefined;
  /** Where failures are logged (`request.failed`). Default: the console. */
  readonly logger?: Logger | undefined;
}

/** The methods that the routes call. The record does not compile when one is missing. */
const METHODS: Readonly<Record<Exclude<keyof RoutedService, 'storages'>, true>> = {
  getUploadUrl: true,
  getUpload: true,
  signParts: true,
  confirmUpload: true,
  abortUpload: true,
  listVideos: true,
  getVideo: true,
  updateVideo: true,
  deleteVideo: true,
  getPlaybackUrl: true,
  handleWebhook: true,
};

const OPTIONS = {
  service: optionOf((value): value is RoutedService => {
    if (typeof value !== 'object' || value === null || !Array.isArray(Reflect.get(value, 'storages'))) return false;
    return Object.keys(METHODS).every((name) => typeof Reflect.get(value, name) === 'function');
  }, 'must be a VideoService'),
  actor: functionOption('must be a function that returns the actor of a request, from its session'),
  basePath: optional(
    optionOf(
      (value): value is string => typeof value === 'string' && /^(?:\/[A-Za-z0-9._~-]{1,64}){0,8}$/.test(value),
      'must be a path such as /api/video: a slash at its beginning, none at its end',
    ),
  ),
  allowedOrigins: optional(
    optionOf(
      (value): value is readonly string[] =>
        Array.isArray(value) && value.every((each) => typeof each === 'string' && isOrigin(each)),
      'must be a list of origins such as https://example.org, in lower case and without a path',
    ),
  ),
  maxBodyBytes: optional(wholeNumber(1024, 16 * 1024 * 1024, 'bytes')),
  bodyTimeoutMs: optional(wholeNumber(1, 600_000, 'milliseconds')),
  requestId: optional(functionOption('must be a function that returns the id of a request')),
  logger: optional(loggerOption),
} satisfies OptionSchemas<VideoRoutesOptions>;

/** The options, checked and complete. */
export interface VideoRoutesSettings {
  /** The workflow. */
  readonly service: RoutedService;
  /** Finds the actor of a request. */
  readonly actor: VideoRoutesOptions['actor'];
  /** Path of the routes, empty for the root. */
  readonly basePath: string;
  /** Allowed origins in addition to the host app's own. */
  readonly allowedOrigins: readonly string[];
  /** Most bytes of a JSON body. */
  readonly maxBodyBytes: number;
  /** How long a body may take. */
  readonly bodyTimeoutMs: number;
  /** Id of a request. */
  readonly requestId: (request: Request) => string | undefined;
  /** Where failures go. */
  readonly logger: Logger;
}

/** @throws {ConfigurationError} with every problem of the options and how to fix it */
export function checkRoutesOptions(options: VideoRoutesOptions): VideoRoutesSettings {
  const checked: CheckedOptions<typeof OPTIONS> = checkOptions('createVideoRoutes', options, OPTIONS);
  // Functions may be methods of the options, and keep their `this`.
  return {
    ...{ service: checked.service, actor: options.actor.bind(options), basePath: checked.basePath ?? '/api/video' },
    allowedOrigins: checked.allowedOrigins ?? [],
    maxBodyBytes: checked.maxBodyBytes ?? 64 * 1024,
    bodyTimeoutMs: checked.bodyTimeoutMs ?? 10_000,
    requestId: options.requestId?.bind(options) ?? (() => undefined),
    logger: checked.logger ?? new Logger({ sink: consoleSink() }),
  };
}
