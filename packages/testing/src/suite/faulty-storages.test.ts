import { describe, expect, test } from 'vitest';
import { faultySubjects } from '../../test-support/faulty-subjects.ts';
import { createMemorySubject } from '../../test-support/memory-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import { Scenario } from './scenario.ts';
import { StepGuard } from './step-guard.ts';

test('every case of the suite has a faulty storage that it must notice', () => {
  const noticed = new Set(faultySubjects.flatMap(({ noticedBy }) => noticedBy));
  const ids = conformanceCases.map(({ id }) => id);
  expect(ids.filter((id) => !noticed.has(id))).toEqual([]);
  expect([...noticed].filter((id) => !ids.includes(id))).toEqual([]);
});

// That a sound storage passes each of these cases is shown by `memory-storage.test.ts`.
describe.each(faultySubjects)('a storage where $fault', ({ noticedBy, spoil }) => {
  test.each(noticedBy)('is noticed by %s', async (id) => {
    const one = conformanceCases.find((candidate) => candidate.id === id);
    const scenario = new Scenario(spoil(createMemorySubject()), new StepGuard());
    await expect(one?.run(scenario)).rejects.toThrow();
  });
});
