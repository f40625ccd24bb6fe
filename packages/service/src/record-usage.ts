import { type LimitScope, QuotaExceededError } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';
import type { Quota, RecordUsage } from './video-records.ts';

/** All scopes, in the order in which counts of several scopes are locked. */
export const USAGE_SCOPES: readonly LimitScope[] = ['user', 'context', 'tenant', 'global'];

/** The usage of a scope without records. */
export const NO_USAGE: RecordUsage = { pending: 0, videos: 0, bytes: 0, seconds: 0 };

/**
 * What one record adds to the usage of its scopes; `Quota` says which records count. All implementations of
 * `VideoRecords` use this function.
 */
export function recordUsage(
  record: Pick<VideoRecord, 'status' | 'sizeBytes' | 'durationSeconds' | 'maxDurationSeconds'>,
): RecordUsage {
  const declaredSeconds = toMilliseconds(record.maxDurationSeconds ?? 0);
  const seconds = toMilliseconds(record.durationSeconds ?? declaredSeconds);
  switch (record.status) {
    case 'pending':
      return { pending: 1, videos: 0, bytes: record.sizeBytes, seconds: declaredSeconds };
    case 'processing':
    case 'ready':
    case 'deleting':
      return { pending: 0, videos: 1, bytes: record.sizeBytes, seconds };
    default:
      return NO_USAGE;
  }
}

/**
 * The id in a scope whose usage includes the record; undefined when the record has no context or tenant, or its user was
 * erased.
 */
export function usageKey(
  scope: LimitScope,
  record: Pick<VideoRecord, 'userId' | 'contextId' | 'tenantId'>,
): string | undefined {
  switch (scope) {
    case 'user':
      return record.userId === '' ? undefined : record.userId;
    case 'context':
      return record.contextId ?? undefined;
    case 'tenant':
      return record.tenantId ?? undefined;
    case 'global':
      return '';
  }
}

/** The usage of a scope after a record's share has changed from `before` to `after`. */
export function changedUsage(used: RecordUsage, before: RecordUsage, after: RecordUsage): RecordUsage {
  return {
    pending: used.pending - before.pending + after.pending,
    videos: used.videos - before.videos + after.videos,
    bytes: used.bytes - before.bytes + after.bytes,
    seconds: toMilliseconds(used.seconds - before.seconds + after.seconds),
  };
}

/** The error for the first quota that `added` would exceed; undefined when all quotas have room. */
export function refusedQuota(
  quotas: readonly Quota[],
  usedBy: (scope: LimitScope) => RecordUsage | undefined,
  added: RecordUsage,
): QuotaExceededError | undefined {
  for (const { scope, maxPending, maxBytes, maxSeconds } of quotas) {
    const used = usedBy(scope);
    if (used === undefined) continue;
    const { pending, bytes, seconds } = changedUsage(used, NO_USAGE, added);
    const bounds = [
      [pending, maxPending],
      [bytes, maxBytes],
      [seconds, maxSeconds],
    ] as const;
    const exceeded = bounds.find(([count, limit = Infinity]) => count > limit);
    if (exceeded !== undefined) return new QuotaExceededError(scope, undefined, exceeded[1]);
  }
  return undefined;
}

/** Whole milliseconds, so that a sum is the same in whichever order it was added up. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
