import { QuotaExceededError } from '@videostorage/core';
import type { VideoRecordsSubject } from '../../src/testing/video-records-subject.ts';
import type { VideoRecord, VideoRecordPatch } from '../../src/video-record.ts';
import type { VideoRecords } from '../../src/video-records.ts';
import { memoryRecordsSubject } from '../memory-subjects.ts';
import { faultyQuestions } from './faulty-questions.ts';
import { replaceMethods } from './replace-methods.ts';

/** Records with one fault, and the cases that must notice it. */
export interface FaultyRecords {
  readonly fault: string;
  readonly noticedBy: readonly string[];
  spoil(sound: VideoRecords): Partial<VideoRecords>;
}

const faultyChanges: readonly FaultyRecords[] = [
  {
    fault: 'file names lose their case',
    noticedBy: ['insert/pending'],
    spoil: (sound) => ({
      insert: (one, quotas) => sound.insert({ ...one, fileName: one.fileName.toLowerCase() }, quotas),
    }),
  },
  {
    fault: 'strings of the host app are trimmed',
    noticedBy: ['insert/pending'],
    spoil: (sound) => ({
      insert: (one, quotas) => {
        const custom = Object.fromEntries(Object.entries(one.custom).map(([name, text]) => [name, text.trim()]));
        return sound.insert({ ...one, custom }, quotas);
      },
    }),
  },
  {
    fault: 'records are shared with those who read them',
    noticedBy: ['insert/own-answers'],
    spoil: (sound) => {
      const shared = new Map<string, VideoRecord>();
      return {
        get: async (id) => {
          const record = shared.get(id) ?? structuredClone(await sound.get(id));
          if (record !== undefined) shared.set(id, record);
          return record;
        },
      };
    },
  },
  {
    fault: 'an absent id gives any other record',
    noticedBy: ['insert/absent'],
    spoil: (sound) => ({ get: async (id) => (await sound.get(id)) ?? (await sound.list({ limit: 1 })).records[0] }),
  },
  {
    fault: 'an existing id is treated as a repetition',
    noticedBy: ['insert/known-id'],
    spoil: (sound) => ({
      insert: async (one, quotas) => (await sound.get(one.id)) ?? (await sound.insert(one, quotas)),
    }),
  },
  {
    fault: 'quotas are checked before the idempotency key',
    noticedBy: ['insert/known-key'],
    spoil: (sound) => ({
      insert: async (one, quotas) => {
        if (quotas.some(({ maxPending }) => maxPending === 0)) throw new QuotaExceededError('global');
        return await sound.insert(one, quotas);
      },
    }),
  },
  {
    fault: 'idempotency keys are compared without case',
    noticedBy: ['insert/keys-apart'],
    spoil: (sound) => ({
      insert: (one, quotas) =>
        sound.insert({ ...one, idempotencyKey: one.idempotencyKey?.toLowerCase() ?? null }, quotas),
    }),
  },
  {
    fault: 'idempotency keys are ignored',
    noticedBy: ['insert/one-of-many', 'insert/known-key'],
    spoil: (sound) => ({ insert: (one, quotas) => sound.insert({ ...one, idempotencyKey: null }, quotas) }),
  },
  {
    fault: 'ids of users are compared without case and spaces',
    noticedBy: ['insert/exact-ids'],
    spoil: (sound) => ({
      insert: (one, quotas) => sound.insert({ ...one, userId: one.userId.trim().toLowerCase() }, quotas),
    }),
  },
  {
    fault: 'a discarded record expires instead',
    noticedBy: ['insert/second-life', 'discard/conditions'],
    spoil: (sound) => ({
      discard: async (id, version) => (await sound.update(id, version, { status: 'expired' })) !== undefined,
    }),
  },
  {
    fault: 'one more than maxPending is allowed',
    noticedBy: ['quota/pending'],
    spoil: (sound) => ({
      insert: (one, quotas) =>
        sound.insert(
          one,
          quotas.map((quota) => ({ ...quota, maxPending: quota.maxPending && quota.maxPending + 1 })),
        ),
    }),
  },
  {
    fault: 'maxBytes must not be reached',
    noticedBy: ['quota/bytes'],
    spoil: (sound) => ({
      insert: (one, quotas) =>
        sound.insert(
          one,
          quotas.map((quota) => ({ ...quota, maxBytes: quota.maxBytes && quota.maxBytes - 1 })),
        ),
    }),
  },
  {
    fault: 'maxSeconds is ignored',
    noticedBy: ['quota/seconds'],
    spoil: (sound) => ({
      insert: (one, quotas) =>
        sound.insert(
          one,
          quotas.map((quota) => ({ ...quota, maxSeconds: undefined })),
        ),
    }),
  },
  {
    fault: 'a quota per context counts all records',
    noticedBy: ['quota/scopes'],
    spoil: (sound) => ({
      insert: (one, quotas) =>
        sound.insert(
          one,
          quotas.map((quota) => (quota.scope === 'context' ? { ...quota, scope: 'global' } : quota)),
        ),
    }),
  },
  {
    fault: 'the error has the last full quota',
    noticedBy: ['quota/first'],
    spoil: (sound) => ({ insert: (one, quotas) => sound.insert(one, quotas.toReversed()) }),
  },
  {
    fault: 'usage counts pending records only',
    noticedBy: ['quota/states'],
    spoil: (sound) => ({ usage: async (scope, key) => ({ ...(await sound.usage(scope, key)), videos: 0 }) }),
  },
  {
    fault: 'usage stays with the first user',
    noticedBy: ['quota/moved', 'update/everything', 'quota/crossing'],
    spoil: (sound) => ({ update: (id, version, { userId, ...patch }) => sound.update(id, version, patch) }),
  },
  {
    fault: 'quotas are checked first, and the record is inserted later',
    noticedBy: ['quota/parallel'],
    spoil: (sound) => ({
      insert: async (one, quotas) => {
        const used = await sound.usage('tenant', one.tenantId ?? '');
        await nextTurn();
        if (quotas.some(({ maxBytes = Infinity }) => used.bytes + one.sizeBytes > maxBytes)) {
          throw new QuotaExceededError('tenant');
        }
        return await sound.insert(one, []);
      },
    }),
  },
  {
    fault: 'versions are not compared',
    noticedBy: ['update/compare-and-set'],
    spoil: (sound) => ({
      update: async (id, _version, patch) => sound.update(id, (await sound.get(id))?.version ?? 0, patch),
    }),
  },
  {
    fault: 'versions are compared first, and the change is written later',
    noticedBy: ['update/one-of-many'],
    spoil: (sound) => ({
      update: async (id, version, patch) => {
        if ((await sound.get(id))?.version !== version) return undefined;
        await nextTurn();
        return await sound.update(id, (await sound.get(id))?.version ?? 0, patch);
      },
    }),
  },
  {
    fault: 'one fact is never written',
    noticedBy: ['update/everything'],
    spoil: (sound) => ({ update: (id, version, { revision, ...patch }) => sound.update(id, version, patch) }),
  },
  {
    fault: 'undefined members become null',
    noticedBy: ['update/only-what-is-given'],
    spoil: (sound) => ({
      update: (id, version, patch) => sound.update(id, version, { ...patch, ...undefinedAsNull(patch) }),
    }),
  },
  {
    fault: '`statusVersion` stays unchanged',
    noticedBy: ['update/status'],
    spoil: (sound) => ({
      update: async (id, version, patch) => {
        const changed = await sound.update(id, version, patch);
        return changed && { ...changed, statusVersion: 1 };
      },
    }),
  },
  {
    fault: '`dueAt` cannot be set to null',
    noticedBy: ['update/due'],
    spoil: (sound) => ({
      update: (id, version, { dueInSeconds, ...patch }) =>
        sound.update(id, version, { ...patch, ...(dueInSeconds && { dueInSeconds }) }),
    }),
  },
  {
    fault: 'a video is found on any storage',
    noticedBy: ['update/find-by-video'],
    spoil: (sound) => ({
      findByVideoId: async (_backend, videoId) =>
        (await sound.findByVideoId('local', videoId)) ?? (await sound.findByVideoId('s3', videoId)),
    }),
  },
  {
    fault: 'two records may have one video',
    noticedBy: ['update/one-record-a-video'],
    spoil: (sound) => ({
      update: (id, version, { videoId, ...patch }) =>
        sound
          .update(id, version, { ...patch, ...(videoId !== undefined && { videoId }) })
          .catch(() => sound.update(id, version, patch)),
    }),
  },
  {
    fault: 'an erased user keeps the idempotency key',
    noticedBy: ['update/erased'],
    spoil: (sound) => ({
      update: async (id, version, patch) => {
        const changed = await sound.update(id, version, patch);
        return changed?.userId === '' ? { ...changed, idempotencyKey: 'key-1' } : changed;
      },
    }),
  },
  {
    fault: 'a schedule changes the version',
    noticedBy: ['schedule/no-fact'],
    spoil: (sound) => ({
      schedule: async (id, version, { dueInSeconds }) =>
        (await sound.update(id, version, { dueInSeconds })) !== undefined,
    }),
  },
];

/** Every faulty implementation of `VideoRecords`. */
export const faultyRecords: readonly FaultyRecords[] = [...faultyChanges, ...faultyQuestions];

/** A subject with this fault. */
export async function faultyRecordsSubject(spoil: FaultyRecords['spoil']): Promise<VideoRecordsSubject> {
  const subject = await memoryRecordsSubject();
  const records = replaceMethods(subject.records, spoil(subject.records));
  return { ...subject, records, other: records };
}

function undefinedAsNull(patch: VideoRecordPatch): VideoRecordPatch {
  const names = Object.entries(patch).flatMap(([name, value]) => (value === undefined ? [name] : []));
  return names.includes('contextId') ? { contextId: null } : {};
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
