import { isObject } from './json-body.ts';
import { badRequest } from './stream-refusal.ts';
import type { VideoSettings } from './video.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_CREATOR_LENGTH = 64;
const MAX_DURATION_SECONDS = 36_000;
const MAX_DEPTH = 100;
/** `scheduledDeletion` lies within these, counted from the upload. */
const DELETION_DAYS = { min: 30, max: 1096 };

/** Settings that a request does not name. */
export const DEFAULT_SETTINGS: VideoSettings = {
  creator: null,
  meta: {},
  allowedOrigins: [],
  requireSignedURLs: false,
  thumbnailTimestampPct: 0,
  scheduledDeletionMs: null,
  maxDurationSeconds: null,
  uploadExpiryMs: null,
  watermarkUid: null,
  publicDetails: {},
};

type SettingsCall = 'creation' | 'copy' | 'edit';

/** Settings that every call with a JSON body accepts. */
const SHARED = ['allowedOrigins', 'creator', 'meta', 'requireSignedURLs', 'scheduledDeletion', 'thumbnailTimestampPct'];
/**
 * Settings by call (Cloudflare API reference, "Stream"): a copy has no maximum duration, and the expiry of a link has another
 * name in an edit.
 */
const TAKEN_BY: Readonly<Record<SettingsCall, ReadonlySet<string>>> = {
  creation: new Set([...SHARED, 'expiry', 'maxDurationSeconds', 'watermark']),
  copy: new Set([...SHARED, 'watermark']),
  edit: new Set([...SHARED, 'maxDurationSeconds', 'publicDetails', 'uploadExpiry']),
};

/**
 * Reads those settings that the body of a call names. Names that the call does not accept are ignored without an error, as by
 * the service: a setting that only another call takes has no effect.
 * @throws {StreamRefusal} when one breaks its rule
 */
export function readSettings(
  body: Readonly<Record<string, unknown>>,
  uploadedAtMs: number,
  call: SettingsCall,
): Partial<VideoSettings> {
  const taken = Object.entries(body).filter(([name]) => TAKEN_BY[call].has(name));
  const parts = taken.map(([name, value]) => readSetting(name, value, uploadedAtMs));
  return Object.assign({}, ...parts) as Partial<VideoSettings>;
}

function readSetting(name: string, value: unknown, uploadedAtMs: number): Partial<VideoSettings> {
  switch (name) {
    case 'creator':
      return { creator: creatorOf(value) };
    case 'meta':
      return { meta: objectOf('meta', value) };
    case 'allowedOrigins':
      return { allowedOrigins: originsOf(value) };
    case 'requireSignedURLs':
      return { requireSignedURLs: booleanOf('requireSignedURLs', value) };
    case 'thumbnailTimestampPct':
      return { thumbnailTimestampPct: fractionOf(value) };
    case 'scheduledDeletion':
      return { scheduledDeletionMs: deletionOf(value, uploadedAtMs) };
    case 'maxDurationSeconds':
      return { maxDurationSeconds: maxDurationOf(value) };
    case 'expiry':
    case 'uploadExpiry':
      return { uploadExpiryMs: timeOf(name, value) };
    case 'watermark':
      return { watermarkUid: watermarkOf(value) };
    case 'publicDetails':
      return { publicDetails: objectOf('publicDetails', value) };
    default:
      return {};
  }
}

/** Seconds, 1 to 36 000. @throws {StreamRefusal} */
export function maxDurationOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_DURATION_SECONDS)
    throw badRequest(`maxDurationSeconds must be an integer from 1 to ${MAX_DURATION_SECONDS}.`);
  return value;
}

/** At most 64 characters. @throws {StreamRefusal} */
export function creatorOf(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string' || value.length > MAX_CREATOR_LENGTH)
    throw badRequest(`creator must be a text of at most ${MAX_CREATOR_LENGTH} characters.`);
  return value;
}

/** 0 to 1. @throws {StreamRefusal} */
export function fractionOf(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw badRequest('thumbnailTimestampPct must be a number from 0 to 1.');
  return value;
}

/** An RFC 3339 time as milliseconds since the epoch. @throws {StreamRefusal} */
export function timeOf(name: string, value: unknown): number {
  const isRfc3339 =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(value);
  const ms = isRfc3339 ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badRequest(`${name} must be a time of RFC 3339.`);
  return ms;
}

/** 30 to 1096 days after the upload, or null. @throws {StreamRefusal} */
export function deletionOf(value: unknown, uploadedAtMs: number): number | null {
  if (value === null) return null;
  const ms = timeOf('scheduledDeletion', value);
  const days = (ms - uploadedAtMs) / DAY_MS;
  if (days < DELETION_DAYS.min || days > DELETION_DAYS.max)
    throw badRequest(`scheduledDeletion must lie ${DELETION_DAYS.min} to ${DELETION_DAYS.max} days after the upload.`);
  return ms;
}

/** Host names without scheme and path. @throws {StreamRefusal} */
export function originsOf(value: unknown): readonly string[] {
  if (value === null) return [];
  const isList = Array.isArray(value) && value.every((host) => typeof host === 'string' && /^[^\s/]+$/.test(host));
  if (!isList) throw badRequest('allowedOrigins must be a list of host names without scheme and path.');
  return value;
}

function watermarkOf(value: unknown): string | null {
  if (value === null) return null;
  const uid = isObject(value) ? value['uid'] : undefined;
  if (typeof uid !== 'string') throw badRequest('watermark must be an object with a uid.');
  return uid;
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw badRequest(`${name} must be an object.`);
  // Deeper objects can be parsed but not written again: one such video would break every list.
  if (depthOf(value) > MAX_DEPTH) throw badRequest(`${name} is nested more than ${MAX_DEPTH} levels deep.`);
  return value;
}

/** Levels of nesting, counted only up to the limit. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return depth;
  }
  return MAX_DEPTH + 1;
}

function booleanOf(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw badRequest(`${name} must be true or false.`);
  return value;
}
