import {
  booleanOption,
  type CheckedOptions,
  type Clock,
  callOptionSchemas,
  callOptionsOf,
  checkedTimeoutMs,
  checkOptions,
  clockOption,
  functionOption,
  type Logger,
  loggerOption,
  type OptionSchemas,
  optional,
  optionOf,
  type Secret,
  secretListOption,
  type UploadRequest,
  type VideoStorage,
  type WebhookEvent,
  wholeNumber,
} from '@videostorage/core';
import type { Authorize } from './actor.ts';
import type { EventLog } from './event-log.ts';
import { hooksOption } from './hooks-option.ts';
import type { AcceptUnverified } from './reconciler.ts';
import type { ServiceHooks } from './service-hooks.ts';
import type { ServiceSweepOptions } from './service-sweep-options.ts';
import type { RetainFor } from './storage-sweep.ts';
import type { Quota, VideoRecords } from './video-records.ts';

/** What a host app injects into a `VideoService`. An unknown option is refused, with the nearest known name. */
export interface VideoServiceOptions {
  /** The storages, each with a different `backendName`. The first one takes new uploads unless `chooseBackend` is set. */
  readonly storages: readonly [VideoStorage, ...VideoStorage[]];
  /** Where records are kept, for instance `SqlVideoRecords` of `@videostorage/sql`. */
  readonly records: VideoRecords;
  /** Where the history is kept, for instance `SqlEventLog`. */
  readonly events: EventLog;
  /** Decides who may do what. Default: everything is refused. */
  readonly authorize?: Authorize | undefined;
  /**
   * Returns the `backendName` of the storage for a new upload; it has no effect on existing videos. Default: the first
   * storage.
   */
  readonly chooseBackend?: ((request: UploadRequest) => string) | undefined;
  /** Limits of what a user, context, tenant or all may store, checked before an upload is created. Default: none. */
  readonly quotas?: readonly Quota[] | undefined;
  /**
   * Decides about an upload whose content could not be determined, or whose inspection was too slow twice in a row:
   * true publishes it anyway. Default: never.
   */
  readonly acceptUnverified?: AcceptUnverified | undefined;
  /**
   * Returns for how many days a video is kept after its upload, 0 or more, or `forever`. The sweep deletes older
   * videos, even those that are still being processed or that the provider could not process. Default: forever.
   */
  readonly retainFor?: RetainFor | undefined;
  /**
   * Secrets that encrypt the cursors of `listVideos` and `listEvents`, which otherwise show time and id of the last
   * record that was examined, whether the actor may read it or not. 32 random bytes each, the same in all processes;
   * the first encrypts, all decrypt. Default: none.
   */
  readonly cursorSecrets?: readonly (Secret | string)[] | undefined;
  /** Functions of the host app that are called after a video's status has changed. Default: none. */
  readonly hooks?: ServiceHooks | undefined;
  /** Where events are logged. Default: nowhere. */
  readonly logger?: Logger | undefined;
  /** The clock for times and waits. Default: the computer's clock. */
  readonly clock?: Clock | undefined;
  /**
   * Called with an event that a webhook reports about a video without a record, for instance a video of another host app
   * on the same account. Default: such events are ignored.
   */
  readonly onForeignWebhook?: ((event: WebhookEvent) => Promise<void>) | undefined;
}

/** The options that a service uses, after the checks. */
const STORAGE_METHODS = [
  ...(['getUploadUrl', 'confirmUpload', 'abortUpload', 'getPlaybackUrl', 'deleteVideo'] as const),
  ...(['videoExists', 'getVideoMetadata', 'listVideos', 'estimateCost'] as const),
] satisfies readonly (keyof VideoStorage)[];
const RECORDS_METHODS = [
  ...(['insert', 'get', 'findByVideoId', 'update', 'schedule', 'discard', 'list', 'lease', 'due', 'usage'] as const),
  ...(['unknownVideos', 'forgetUnknownVideo'] as const),
] satisfies readonly (keyof VideoRecords)[];

function hasMethods(value: unknown, names: readonly string[]): value is object {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

const isStorage = (value: unknown): value is VideoStorage =>
  hasMethods(value, STORAGE_METHODS) && typeof Reflect.get(value, 'backendName') === 'string';

const SCOPES: ReadonlySet<unknown> = new Set<Quota['scope']>(['user', 'context', 'tenant', 'global']);
const BOUNDS = ['maxPending', 'maxBytes', 'maxSeconds'] as const;

function isQuota(value: unknown): value is Quota {
  if (typeof value !== 'object' || value === null) return false;
  const bounds = BOUNDS.map((name): unknown => Reflect.get(value, name)).filter((bound) => bound !== undefined);
  const isKnown = Object.keys(value).every((name) => name === 'scope' || BOUNDS.some((bound) => bound === name));
  const areBounds = bounds.every((bound) => typeof bound === 'number' && Number.isSafeInteger(bound) && bound >= 0);
  return isKnown && areBounds && bounds.length > 0 && SCOPES.has(Reflect.get(value, 'scope'));
}

const OPTIONS = {
  storages: optionOf(
    (value): value is VideoServiceOptions['storages'] =>
      Array.isArray(value) && value.length > 0 && value.every(isStorage),
    'must be a list of storages, at least one, for instance [new LocalStorage({ … })]',
  ),
  records: optionOf(
    (value): value is VideoRecords => hasMethods(value, RECORDS_METHODS),
    'must be VideoRecords, for instance new MemoryVideoRecords()',
  ),
  events: optionOf(
    (value): value is EventLog => hasMethods(value, ['append', 'list', 'verify', 'erase']),
    'must be an EventLog, for instance new MemoryEventLog({ secrets })',
  ),
  authorize: optional(functionOption('must be a function that returns whether an actor may do something')),
  chooseBackend: optional(functionOption('must be a function that returns the name of a storage')),
  quotas: optional(
    optionOf(
      (value): value is readonly Quota[] => Array.isArray(value) && value.every(isQuota),
      "must be a list of quotas, for instance [{ scope: 'user', maxBytes: 10_000_000_000 }]",
    ),
  ),
  acceptUnverified: optional(functionOption('must be a function that returns whether to accept a record')),
  retainFor: optional(functionOption("must be a function that returns days, or 'forever'")),
  cursorSecrets: optional(secretListOption({ minBytes: 32 })),
  hooks: optional(hooksOption),
  logger: optional(loggerOption),
  clock: optional(clockOption),
  onForeignWebhook: optional(functionOption('must be a function that takes an event')),
} satisfies OptionSchemas<VideoServiceOptions>;

/** Returns the options after checking them. @throws {ConfigurationError} with every problem and how to fix it */
export function checkServiceOptions(
  options: VideoServiceOptions,
): VideoServiceOptions & { readonly cursorSecrets: readonly Secret[] } {
  const checked: CheckedOptions<typeof OPTIONS> = checkOptions('VideoService', options, OPTIONS);
  const { storages, records, events, quotas, cursorSecrets = [], logger, clock } = checked;
  // Each option is read by its name: a spread would omit getters and methods of a class, and quotas could be off without an
  // error. Methods keep their `this`.
  const functions = {
    authorize: options.authorize?.bind(options),
    chooseBackend: options.chooseBackend?.bind(options),
    acceptUnverified: options.acceptUnverified?.bind(options),
    retainFor: options.retainFor?.bind(options),
    onForeignWebhook: options.onForeignWebhook?.bind(options),
    hooks: options.hooks,
  };
  return { ...functions, storages, records, events, quotas, cursorSecrets, logger, clock };
}

/** Options of `startMaintenance`. */
export interface MaintenanceOptions {
  /** Seconds from the end of one sweep to the beginning of the next, 1–86 400. Default 60. */
  readonly everySeconds?: number | undefined;
}

/** Unknown names are refused: a misspelt `dryRun` would delete what it was only meant to count. */
const SWEEP = {
  limit: optional(wholeNumber(1, 10_000)),
  dryRun: optional(booleanOption),
  deleteOrphans: optional(booleanOption),
  storages: optional(booleanOption),
  ...callOptionSchemas,
} satisfies OptionSchemas<ServiceSweepOptions>;
const MAINTENANCE = {
  everySeconds: optional(wholeNumber(1, 86_400, 'seconds')),
} satisfies OptionSchemas<MaintenanceOptions>;

/**
 * Options of a sweep, each read by its name: a copy of the object would lose a `dryRun` that is a getter of a class.
 * @throws {ConfigurationError} with every problem and how to fix it @throws {ValidationError} its deadline
 */
export function checkSweepOptions(options: ServiceSweepOptions): ServiceSweepOptions {
  const { limit, dryRun, deleteOrphans, storages } = checkOptions('VideoService.sweep', options, SWEEP);
  checkedTimeoutMs(options.timeoutMs);
  return { limit, dryRun, deleteOrphans, storages, ...callOptionsOf(options) };
}

/** Options of the maintenance. @throws {ConfigurationError} with every problem and how to fix it */
export function checkMaintenanceOptions(options: MaintenanceOptions): void {
  checkOptions('VideoService.startMaintenance', options, MAINTENANCE);
}
