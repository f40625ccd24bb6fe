import { refuseCursor, refuseOption } from '@videostorage/core';
import { decodeCursor, encodeCursor } from './page-cursor.ts';

/** Maximum number of items of a page. */
const MAX_LIMIT = 1000;
const DAY_MS = 86_400_000;
/** Maximum number of days that are counted at once. */
const MAX_DAYS = 366;

/** A day, in UTC, or a time with its zone; other text would mean another time on a computer in another zone. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Position of an item in a list that is ordered by time, then by id. */
export interface TimePlace {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Id of the item; orders items that have the same time. */
  readonly id: string;
}

/** The cursor after this item in the named list, for instance `newest`. */
export function encodeTimeCursor(list: string, { atMs, id }: TimePlace): string {
  return encodeCursor(list, String(atMs), id);
}

/**
 * The place that a cursor of the named list holds. @throws {ValidationError} the cursor belongs to another list, or was
 * not made by `encodeTimeCursor`
 */
export function decodeTimeCursor(list: string, cursor: string | undefined): TimePlace | undefined {
  const [from, at = '', id = ''] = decodeCursor(cursor, 3) ?? [];
  if (from === undefined) return undefined;
  if (from !== list || !/^\d{1,15}$/.test(at)) {
    refuseCursor();
  }
  return { atMs: Number(at), id };
}

/** Checks and returns the limit of a page. @throws {ValidationError} not a whole number from 1 to 1 000 */
export function pageLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  const message = `The limit of a page must be a whole number from 1 to ${MAX_LIMIT}.`;
  refuseOption('limit', message);
}

/** Parses a time limit of a filter into milliseconds since the epoch; undefined when there is none. @throws {ValidationError} not a time */
export function timeBound(path: string, bound: string | undefined): number | undefined {
  if (bound === undefined) return undefined;
  const ms = MOMENT.test(bound) ? Date.parse(bound) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const message = `The filter ${path} must be a time such as 2026-11-23T02:15:00.000Z.`;
  refuseOption(path, message);
}

/** The time from which days are counted: at most 366 days in UTC, of which the last is the one before `before`. */
export function countedFrom(fromMs: number | undefined, beforeMs: number | undefined, nowMs: number): number {
  const last = beforeMs === undefined ? nowMs : beforeMs - 1;
  const first = (Math.floor(last / DAY_MS) - (MAX_DAYS - 1)) * DAY_MS;
  return Math.max(first, fromMs ?? first);
}
