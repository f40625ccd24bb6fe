import { isObject } from './json-body.ts';
import { badRequest } from './stream-refusal.ts';
import type { VideoSettings } from './video.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_CREATOR_LENGTH = 64;
const MAX_DURATION_SECONDS = 36_000;
/** `scheduledDeletion` lies within these, counted from the upload. */
const DELETION_DAYS = { min: 30, max: 1096 };

/** What is not asked for. */
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

/** Reads those settings that the body of a mint or an edit names. @throws {StreamRefusal} when one breaks its rule */
export function readSettings(body: Readonly<Record<string, unknown>>, uploadedAtMs: number): Partial<VideoSettings> {
  const readers: Readonly<Record<string, (value: unknown) => Partial<VideoSettings>>> = {
    creator: (value) => ({ creator: creatorOf(value) }),
    meta: (value) => ({ meta: objectOf('meta', value) }),
    allowedOrigins: (value) => ({ allowedOrigins: originsOf(value) }),
    requireSignedURLs: (value) => ({ requireSignedURLs: booleanOf('requireSignedURLs', value) }),
    thumbnailTimestampPct: (value) => ({ thumbnailTimestampPct: fractionOf(value) }),
    scheduledDeletion: (value) => ({ scheduledDeletionMs: deletionOf(value, uploadedAtMs) }),
    maxDurationSeconds: (value) => ({ maxDurationSeconds: maxDurationOf(value) }),
    expiry: (value) => ({ uploadExpiryMs: timeOf('expiry', value) }),
    uploadExpiry: (value) => ({ uploadExpiryMs: timeOf('uploadExpiry', value) }),
    watermark: (value) => ({ watermarkUid: watermarkOf(value) }),
    publicDetails: (value) => ({ publicDetails: objectOf('publicDetails', value) }),
  };
  const parts = Object.entries(body).map(([name, value]) =>
    value === undefined ? {} : (readers[name]?.(value) ?? {}),
  );
  return Object.assign({}, ...parts) as Partial<VideoSettings>;
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
  return value;
}

function booleanOf(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw badRequest(`${name} must be true or false.`);
  return value;
}
