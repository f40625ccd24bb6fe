import { AssertionError } from 'node:assert';
import { expect, test, vi } from 'vitest';
import { withCalls } from '../../test-support/faulty/faulty-subject.ts';
import { createMemorySubject } from '../../test-support/memory-subject.ts';
import { deadlines } from './deadlines.ts';
import { Scenario } from './scenario.ts';
import { StepGuard } from './step-guard.ts';

test.each(['videoExists', 'getUploadUrl'] as const)(
  '%s that ends in TIMEOUT, but by its default deadline of ten seconds, is noticed',
  async (name) => {
    let lateMs = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + lateMs);
    const late = async <T>(outcome: Promise<T>): Promise<T> => {
      try {
        return await outcome;
      } finally {
        lateMs += 10_000;
      }
    };
    const subject = withCalls(createMemorySubject(), (storage) => ({
      [name]: (first: never, second: never) => late(storage[name](first, second) as Promise<unknown>),
    }));
    const scenario = new Scenario(subject, new StepGuard());
    const noticed: unknown = await deadlines
      .find(({ id }) => id === 'fault/hang/deadline')
      ?.run(scenario)
      .catch((error: unknown) => error);
    expect(noticed).toBeInstanceOf(AssertionError);
    expect(noticed).toMatchObject({ message: expect.stringContaining('with a deadline of 250 ms has ended after 10') });
  },
);
