import type { PlaybackOptions } from '../contract/playback.ts';
import type { Timestamp } from '../contract/primitives.ts';
import type { Problem } from '../contract/problem.ts';
import type { CallOptions } from '../contract/storage.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { callOptionSchemas } from '../options/call-option-schemas.ts';
import { isTimestamp, toTimestamp } from '../time/timestamp.ts';
import { validateFileName } from '../validation/file-name.ts';
import { validateIdentifier } from '../validation/identifier.ts';
import { callOptionsOf } from './call-options-of.ts';
import { requireObject, unknownNames } from './option-problems.ts';

const KINDS: readonly unknown[] = ['iframe', 'hls', 'dash', 'file'];
const OWN_NAMES = {
  ...{ expiresInSeconds: true, notBefore: true, ipRange: true, kind: true, downloadable: true, downloadName: true },
  viewer: true,
} satisfies Record<Exclude<keyof PlaybackOptions, keyof CallOptions>, true>;
const NAMES = [...Object.keys(OWN_NAMES), ...Object.keys(callOptionSchemas)];
const DEFAULT_SECONDS = 3600;
const MAX_SECONDS = 86_400;
/** Dotted quad with an optional prefix length. No leading zeros, which some readers take for octal; bounded, so linear. */
const IPV4_RANGE =
  /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\/(?:3[0-2]|[12]?\d))?$/;

/** Validated playback options, with the default lifetime filled in. */
export type PlaybackRequest = PlaybackOptions & {
  /** Lifetime of the grant in seconds, 1–86 400. */
  readonly expiresInSeconds: number;
  /**
   * When the grant expires: the current time, rounded down to whole seconds because signatures hold no fractions, plus
   * `expiresInSeconds`.
   */
  readonly expiresAt: Timestamp;
};

/**
 * Validates playback options; default lifetime 3 600 s. `backendNames` are the names of options that the backend has in
 * addition to those of the contract; the backend checks their values itself. All other names are refused.
 * @throws {ValidationError} with every problem
 */
export function toPlaybackRequest(
  options: PlaybackOptions,
  nowMs: number,
  backendNames: readonly string[] = [],
): PlaybackRequest {
  requireObject(options);
  const problems = unknownNames(options, [...NAMES, ...backendNames]);
  const refuse = (path: string, message: string) => problems.push({ path, code: 'OPTION_INVALID', message });
  const { expiresInSeconds = DEFAULT_SECONDS, notBefore, ipRange, kind, downloadable, downloadName, viewer } = options;
  const backendOptions = Object.fromEntries(backendNames.map((name) => [name, Reflect.get(options, name)]));

  if (!Number.isSafeInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > MAX_SECONDS) {
    refuse('expiresInSeconds', `The lifetime must be a whole number of seconds from 1 to ${MAX_SECONDS}.`);
  }
  const expiresAtMs = (Math.floor(nowMs / 1000) + expiresInSeconds) * 1000;
  if (notBefore !== undefined && !isTimestamp(notBefore)) {
    refuse('notBefore', 'The start must be a time such as 2026-11-23T02:15:00.000Z.');
  } else if (notBefore !== undefined && Date.parse(notBefore) >= expiresAtMs) {
    refuse('notBefore', 'The grant must begin before it ends.');
  }
  if (ipRange !== undefined && !(typeof ipRange === 'string' && IPV4_RANGE.test(ipRange))) {
    refuse('ipRange', 'The address range must be an IPv4 address or range such as 192.0.2.0/24.');
  }
  if (kind !== undefined && !KINDS.includes(kind)) refuse('kind', 'The kind must be iframe, hls, dash or file.');
  if (downloadable !== undefined && typeof downloadable !== 'boolean') {
    refuse('downloadable', 'Whether the video may be saved must be true or false.');
  }
  const named = downloadName === undefined ? undefined : validateFileName('downloadName', downloadName);
  if (named !== undefined) {
    problems.push(...named.problems);
    if (downloadable !== true) refuse('downloadName', 'A download name needs `downloadable: true`.');
  }
  // A lifetime out of bounds is refused below, and may be too large for a date.
  const expiresAt = toTimestamp(problems.length > 0 ? nowMs : expiresAtMs);
  const decided = {
    ...{ ...backendOptions, ...callOptionsOf(options) },
    ...{ expiresInSeconds, expiresAt, notBefore, ipRange, kind, downloadable, downloadName: named?.value },
  };
  if (viewer === undefined) return finish(problems, decided);

  const canonical = {
    userId: identifier('viewer.userId', viewer?.userId, problems),
    role: identifier('viewer.role', viewer?.role, problems),
    ...(viewer?.contextId !== undefined && {
      contextId: identifier('viewer.contextId', viewer.contextId, problems),
    }),
  };
  return finish(problems, { ...decided, viewer: canonical });
}

function identifier(path: string, value: unknown, problems: Problem[]): string {
  const checked = validateIdentifier(path, value);
  problems.push(...checked.problems);
  return checked.value;
}

function finish(problems: readonly Problem[], request: PlaybackRequest): PlaybackRequest {
  if (problems.length > 0) throw new ValidationError(problems);
  return request;
}
