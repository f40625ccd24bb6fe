import { describe, expect, test } from 'vitest';
import { faultyLogSubject, faultyLogs } from '../../test-support/faulty/faulty-logs.ts';
import { faultyRecords, faultyRecordsSubject } from '../../test-support/faulty/faulty-records.ts';
import { eventLogCases } from './log/event-log-cases.ts';
import { videoRecordsCases } from './records/video-records-cases.ts';

// describe-video-records.test.ts and describe-event-log.test.ts show that a correct implementation passes each of these cases.
test.each([
  ['VideoRecords', videoRecordsCases.map(({ id }) => id), faultyRecords.flatMap(({ noticedBy }) => noticedBy)],
  ['EventLog', eventLogCases.map(({ id }) => id), faultyLogs.flatMap(({ noticedBy }) => noticedBy)],
])('every case of %s has a faulty implementation that it must notice', (_port, ids, noticed) => {
  expect(ids.filter((id) => !noticed.includes(id))).toEqual([]);
  expect(noticed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(faultyRecords)('records where $fault', ({ noticedBy, spoil }) => {
  test.each(noticedBy)('are noticed by %s', async (id) => {
    const one = videoRecordsCases.find((candidate) => candidate.id === id);
    await expect(one?.run(await faultyRecordsSubject(spoil))).rejects.toThrow();
  });
});

describe.each(faultyLogs)('a log where $fault', ({ noticedBy, spoil }) => {
  test.each(noticedBy)('is noticed by %s', async (id) => {
    const one = eventLogCases.find((candidate) => candidate.id === id);
    await expect(one?.run(await faultyLogSubject(spoil))).rejects.toThrow();
  });
});
