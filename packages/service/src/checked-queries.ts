import {
  checkCallOptions,
  type EventName,
  type OptionSchema,
  optional,
  optionOf,
  type VideoStatus,
} from '@videostorage/core';
import type { LogFilter, LogOutcome, LogQuery } from './event-log.ts';
import { EVENT_NAMES, isEventName } from './event-names.ts';
import type { MemberSchemas } from './member-schemas.ts';
import { isStatus } from './transitions.ts';
import type { VideoRecordFilter, VideoRecordQuery, VideoRecords } from './video-records.ts';

const text = optional(optionOf((value): value is string => typeof value === 'string', 'must be text'));
const statuses = optional(
  optionOf(
    (value): value is readonly VideoStatus[] => Array.isArray(value) && value.every(isStatus),
    "must be a list of statuses, for instance ['ready']",
  ),
);
const order = optional(
  optionOf(
    (value): value is 'newest' | 'oldest' => value === 'newest' || value === 'oldest',
    'must be newest or oldest',
  ),
);
const events = optional(
  optionOf(
    (value): value is readonly EventName[] => Array.isArray(value) && value.every(isEventName),
    `must be a list of events, for instance ['video.ready']; they are ${EVENT_NAMES.join(', ')}`,
  ),
);
const outcome = optional(
  optionOf(
    (value): value is LogOutcome => value === 'ok' || value === 'denied' || value === 'failed',
    'must be ok, denied or failed',
  ),
);
/** `pageLimit` checks it. */
const limit = optionOf((_value): _value is number => true, 'may be anything');

/** A page may be passed as the query of the next one; its items are ignored. */
export const pageItems: OptionSchema<readonly unknown[] | undefined> = optional(
  optionOf((value): value is readonly unknown[] => Array.isArray(value), 'must be a list'),
);

/** What each member of a filter of records must be. */
const RECORD_FILTER: MemberSchemas<VideoRecordFilter> = {
  ...{ userId: text, contextId: text, tenantId: text, statuses },
  ...{ backendName: text, createdFrom: text, createdBefore: text },
};

/** What each member of a query of records must be, except the limit. */
export const RECORD_QUERY: MemberSchemas<Omit<VideoRecordQuery, 'limit'>> = {
  ...{ ...RECORD_FILTER, text, order, cursor: text },
};

/** What each member of a filter of history must be. */
export const LOG_FILTER: MemberSchemas<LogFilter> = {
  ...{ recordId: text, contextId: text, userId: text, events, outcome, from: text, before: text },
};

/**
 * Checks and copies the members of a filter of records, each read by its name, whatever the class of the object. A
 * misspelt member would otherwise count records that were not asked for, even of another tenant, so all implementations
 * of `VideoRecords` use this function. @throws {ValidationError} with every problem
 */
export function checkedRecordFilter(filter: VideoRecordFilter): VideoRecordFilter {
  return checkCallOptions(filter, RECORD_FILTER);
}

/**
 * Checks and copies the members of a query of records, as `checkedRecordFilter` does for a filter. @throws
 * {ValidationError} with every problem
 */
export function checkedRecordQuery(query: VideoRecordQuery): VideoRecordQuery {
  const { records: _, ...checked } = checkCallOptions(query, { ...RECORD_QUERY, limit, records: pageItems });
  return checked;
}

/**
 * Checks and copies the members of a query of usage by user, as `checkedRecordFilter` does for a filter. @throws
 * {ValidationError} with every problem
 */
export function checkedUserUsageQuery(
  query: Parameters<VideoRecords['usageByUser']>[0],
): Parameters<VideoRecords['usageByUser']>[0] {
  const { contextId, tenantId, cursor } = RECORD_QUERY;
  const { users: _, ...checked } = checkCallOptions(query, { contextId, tenantId, cursor, limit, users: pageItems });
  return checked;
}

/**
 * Checks and copies the members of a filter of history, as `checkedRecordFilter` does for records. @throws
 * {ValidationError} with every problem
 */
export function checkedLogFilter(filter: LogFilter): LogFilter {
  return checkCallOptions(filter, LOG_FILTER);
}

/**
 * Checks and copies the members of a query of history, as `checkedRecordFilter` does for a filter. @throws
 * {ValidationError} with every problem
 */
export function checkedLogQuery(query: LogQuery): LogQuery {
  const schemas = { ...LOG_FILTER, cursor: text, limit, entries: pageItems };
  const { entries: _, ...checked } = checkCallOptions(query, schemas);
  return checked;
}
