import assert from 'node:assert/strict';
import type { EventName } from '@videostorage/core';
import type { LogEntry } from '../../event-log.ts';
import type { EventLogSubject, Tampering } from '../event-log-subject.ts';
import { isTimestamp, present } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import { newAccess, newChange } from './new-entry.ts';

const life: readonly EventName[] = ['upload.requested', 'upload.confirmed', 'video.ready', 'video.updated'];
const otherHash = 'A'.repeat(43);

/** Another value for each stored field of a link. */
const tamperings: readonly Exclude<Tampering, 'remove'>[] = [
  { event: 'video.deleted' },
  { outcome: 'failed' },
  { contextId: 'lesson-2' },
  { contextId: null },
  { errorCode: 'TIMEOUT' },
  { elapsedMs: 13 },
  { elapsedMs: null },
  { occurrence: 2 },
  { at: '2020-01-01T00:00:00.000Z' },
  { userId: 'bob' },
  { userId: null },
  { role: 'teacher' },
  { role: null },
  { personalDigest: otherHash },
  { previousHash: otherHash },
  { hash: otherHash },
];

/** The guarantees of chains. */
export const chains: readonly SuiteCase<EventLogSubject>[] = [
  {
    id: 'chain/links',
    title: 'changes of a record are numbered from 1 on, each holding the hash of the one before',
    async run({ log, other }) {
      const entries: LogEntry[] = [];
      for (const event of life) entries.push(await log.append(newChange({ event })));
      assert.deepEqual(
        entries.map(({ sequence }) => sequence),
        [1, 2, 3, 4],
      );
      assert.deepEqual(
        entries.map(({ previousHash }) => previousHash),
        ['', ...entries.slice(0, 3).map(({ hash }) => hash)],
      );
      assert.equal(new Set(entries.map(({ hash }) => hash)).size, 4);
      assert.equal(new Set(entries.map(({ id }) => id)).size, 4);
      for (const { at } of entries) isTimestamp(at);
      const first = present(entries[0]);
      const { id, sequence, at, personalDigest, previousHash, hash, ...facts } = first;
      assert.deepEqual(facts, newChange());
      const page = await other.list({ limit: 10 });
      assert.deepEqual(page.entries, entries.toReversed());
      assert.equal(await other.verify('record-1'), undefined);
      const elsewhere = await log.append(newChange({ recordId: 'record-2' }));
      assert.equal(elsewhere.sequence, 1);
      // Otherwise the table would show which records belong to one person, even after the person was erased.
      assert.notEqual(elsewhere.personalDigest, first.personalDigest);
    },
  },
  {
    id: 'chain/known-change',
    title: 'a change that is written again returns the existing entry; another occurrence or record is another change',
    async run({ log, other }) {
      const first = await log.append(newChange());
      assert.deepEqual(await other.append(newChange({ userId: 'bob', elapsedMs: 99 })), first);
      assert.equal((await log.append(newChange({ occurrence: 2 }))).sequence, 2);
      assert.equal((await log.append(newChange({ event: 'video.ready' }))).sequence, 3);
      assert.deepEqual(await log.append(newChange()), first);
      assert.equal((await log.list({ limit: 10 })).entries.length, 3);
    },
  },
  {
    id: 'chain/parallel',
    title: '50 parallel changes of one record from two processes are numbered 1 to 50',
    async run({ log, other }) {
      const entries = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 === 0 ? log : other).append(newChange({ event: 'video.updated', occurrence: index + 1 })),
        ),
      );
      const sequences = entries.map(({ sequence }) => Number(sequence)).sort((one, next) => one - next);
      assert.deepEqual(
        sequences,
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      assert.equal(await log.verify('record-1'), undefined);
    },
  },
  {
    id: 'chain/parallel-same',
    title: '20 parallel appends of one change are one entry',
    async run({ log, other }) {
      const entries = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? log : other).append(newChange())),
      );
      assert.equal(new Set(entries.map(({ id }) => id)).size, 1);
      assert.equal((await log.list({ limit: 100 })).entries.length, 1);
    },
  },
  {
    id: 'chain/accesses-beside',
    title: 'accesses, and entries without a record, are in no chain; each is kept',
    async run({ log }) {
      await log.append(newChange());
      const accesses = await Promise.all([log.append(newAccess()), log.append(newAccess())]);
      const refused = await log.append(newAccess({ recordId: null, event: 'access.denied', outcome: 'denied' }));
      const unbound = await log.append({ ...newChange(), recordId: null });
      for (const { sequence, previousHash, hash, personalDigest } of [...accesses, refused, unbound]) {
        assert.deepEqual([sequence, previousHash, hash, personalDigest], [null, null, null, null]);
      }
      assert.equal((await log.append(newChange({ event: 'video.ready' }))).sequence, 2);
      assert.equal(await log.verify('record-1'), undefined);
      assert.equal((await log.list({ limit: 10 })).entries.length, 6);
    },
  },
  {
    id: 'chain/tampering',
    title: 'a change of any field in the store is found at the changed entry',
    async run({ log, tamper }) {
      for (const [index, tampering] of tamperings.entries()) {
        const recordId = `record-${index}`;
        for (const event of life) await log.append(newChange({ recordId, event }));
        await tamper(recordId, 2, tampering);
        const broken = await log.verify(recordId);
        assert.equal(broken?.sequence, 2, `${JSON.stringify(tampering)} was not found`);
        assert.match(broken.reason, /^[A-Z].+\.$/);
      }
    },
  },
  {
    id: 'chain/removal',
    title: 'an entry that is removed from a chain is noticed; an empty chain is intact',
    async run({ log, tamper }) {
      for (const sequence of [1, 3]) {
        const recordId = `record-${sequence}`;
        for (const event of life) await log.append(newChange({ recordId, event }));
        await tamper(recordId, sequence, 'remove');
        assert.equal((await log.verify(recordId))?.sequence, sequence);
      }
      assert.equal(await log.verify('record-9'), undefined);
    },
  },
  {
    id: 'chain/erased',
    title: 'erasing a person blanks user and role of changes and accesses, and leaves chains intact',
    async run({ log, other }) {
      for (const event of life) await log.append(newChange({ event }));
      await log.append(newAccess());
      await log.append(newChange({ recordId: 'record-2', userId: 'anna' }));
      assert.equal(await other.erase('ann'), 5);
      assert.equal(await log.erase('ann'), 0);
      const { entries } = await log.list({ limit: 10 });
      assert.deepEqual(
        entries.map(({ userId, role }) => [userId, role]),
        [['anna', 'student'], ...Array.from({ length: 5 }, () => [null, null])],
      );
      assert.equal(present(entries[1]).contextId, 'lesson-1');
      for (const recordId of ['record-1', 'record-2']) assert.equal(await log.verify(recordId), undefined);
      assert.equal((await log.append(newChange({ event: 'video.deleted' }))).sequence, 5);
      assert.equal(await log.verify('record-1'), undefined);
    },
  },
];
