import { AssertionError } from 'node:assert';
import { isVideoStorageError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { faultyAnswers } from '../../test-support/faulty/faulty-answers.ts';
import { faultyContents } from '../../test-support/faulty/faulty-contents.ts';
import { faultyEndings } from '../../test-support/faulty/faulty-endings.ts';
import { faultyGrants } from '../../test-support/faulty/faulty-grants.ts';
import { faultyLifecycles } from '../../test-support/faulty/faulty-lifecycles.ts';
import { faultyListings } from '../../test-support/faulty/faulty-listings.ts';
import { faultyOutages } from '../../test-support/faulty/faulty-outages.ts';
import { faultyReferences } from '../../test-support/faulty/faulty-references.ts';
import { createMemorySubject } from '../../test-support/memory-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import { Scenario } from './scenario.ts';
import { StepGuard } from './step-guard.ts';

const faultySubjects = [
  ...faultyLifecycles,
  ...faultyListings,
  ...faultyAnswers,
  ...faultyEndings,
  ...faultyContents,
  ...faultyGrants,
  ...faultyReferences,
  ...faultyOutages,
];

test('every case of the suite has a faulty storage that it must notice', () => {
  const noticed = new Set(faultySubjects.flatMap(({ noticedBy }) => noticedBy));
  const ids = conformanceCases.map(({ id }) => id);
  expect(ids.filter((id) => !noticed.has(id))).toEqual([]);
  expect([...noticed].filter((id) => !ids.includes(id))).toEqual([]);
});

// `memory-storage.test.ts` shows that a correct storage passes each of these cases.
describe.each(faultySubjects)('a storage where $fault', ({ noticedBy, spoil }) => {
  test.each(noticedBy)('is noticed by %s', async (id) => {
    const one = conformanceCases.find((candidate) => candidate.id === id);
    const scenario = new Scenario(spoil(createMemorySubject()), new StepGuard());
    const noticed: unknown = await one?.run(scenario).catch((error: unknown) => error);
    // The case must fail by an expectation, or by a call that must succeed and was refused; not by a programming error in the
    // faulty storage.
    expect(noticed).toSatisfy((error) => error instanceof AssertionError || isVideoStorageError(error));
  });
});
