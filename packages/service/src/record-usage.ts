import { type LimitScope, QuotaExceededError } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';
import type { Quota, RecordUsage } from './video-records.ts';

/** All scopes, in the order in which counts of several scopes are locked. */
export const USAGE_SCOPES: readonly LimitScope[] = ['user', 'context', 'tenant', 'global'];

/** What nothing uses. */
export const NO_USAGE: RecordUsage = { pending: 0, videos: 0, bytes: 0, seconds: 0 };

/** What a record counts with, see `Quota`: the one rule for all implementations of `VideoRecords`. */
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

/** Whose usage a record counts in; undefined where it has no context or tenant, or no user any more. */
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

/** What is used after a record with `before` has become one with `after`. */
export function changedUsage(used: RecordUsage, before: RecordUsage, after: RecordUsage): RecordUsage {
  return {
    pending: used.pending - before.pending + after.pending,
    videos: used.videos - before.videos + after.videos,
    bytes: used.bytes - before.bytes + after.bytes,
    seconds: toMilliseconds(used.seconds - before.seconds + after.seconds),
  };
}

/** The refusal of the first quota that would be exceeded by `added`; undefined when all have room. */
export function refusedQuota(
  quotas: readonly Quota[],
  usedBy: (scope: LimitScope) => RecordUsage | undefined,
  added: RecordUsage,
): QuotaExceededError | undefined {
  const full = quotas.find(({ scope, maxPending = Infinity, maxBytes = Infinity, maxSeconds = Infinity }) => {
    const used = usedBy(scope);
    if (used === undefined) return false;
    const { pending, bytes, seconds } = changedUsage(used, NO_USAGE, added);
    return pending > maxPending || bytes > maxBytes || seconds > maxSeconds;
  });
  return full === undefined ? undefined : new QuotaExceededError(full.scope);
}

/** Whole milliseconds, so that a sum is the same in whichever order it was added up. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
