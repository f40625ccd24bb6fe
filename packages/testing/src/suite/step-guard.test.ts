import { describe, expect, test, vi } from 'vitest';
import { MemoryStorage } from '../memory/memory-storage.ts';
import type { StorageSubject } from '../storage-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import { declareCases } from './declare-cases.ts';
import { StepGuard } from './step-guard.ts';

const never = () => new Promise<never>(() => {});

describe('StepGuard', () => {
  test('returns what a step returns, and throws what it throws', async () => {
    const guard = new StepGuard(60_000);
    const reason = new Error('refused');
    await expect(guard.watch('a step', Promise.resolve(7))).resolves.toBe(7);
    await expect(guard.watch('a step', Promise.reject(reason))).rejects.toBe(reason);
    guard.refuseWhenStuck();
  });

  test('a step that never ends is named, and after two of them no step is run', async () => {
    const guard = new StepGuard(1);
    await expect(guard.watch('deleteVideo', never())).rejects.toThrow('deleteVideo has not ended after 1 ms');
    guard.refuseWhenStuck();
    await expect(guard.watch('play', never())).rejects.toThrow('play');
    expect(() => guard.refuseWhenStuck()).toThrow('2 steps of earlier cases did not end');
  });

  test('by default a step may take thirty seconds', async () => {
    vi.useFakeTimers();
    try {
      const watched = new StepGuard().watch('a step', never());
      const ended = expect(watched).rejects.toThrow('a step has not ended after 30000 ms');
      await vi.advanceTimersByTimeAsync(30_000);
      await ended;
    } finally {
      vi.useRealTimers();
    }
  });

  test('watches each call of an object, also of one with private members or a frozen one', async () => {
    const guard = new StepGuard(1);
    class Counter {
      #count = 0;
      next(step: number): number {
        this.#count += step;
        return this.#count;
      }
    }
    const counter = guard.guard(new Counter());
    expect([counter.next(2), counter.next(3)]).toEqual([2, 5]);
    const frozen = guard.guard(Object.freeze({ hang: never, name: 'frozen' }));
    expect([frozen.name, 'hang' in frozen, 'other' in frozen]).toEqual(['frozen', true, false]);
    await expect(frozen.hang()).rejects.toThrow('hang has not ended');
  });
});

/** Runs all cases one by one, as a runner without a time limit does, and returns how each failed. */
async function outcomes(create: () => Promise<StorageSubject>): Promise<readonly (Error | undefined)[]> {
  const cases: (() => Promise<void>)[] = [];
  const runner = {
    describe: (_name: string, define: () => void) => define(),
    test: (_name: string, run: () => Promise<void>) => cases.push(run),
  };
  declareCases({ name: 'x', create }, runner, new StepGuard(20));
  const failures: (Error | undefined)[] = [];
  for (const run of cases) {
    failures.push(
      await run().then(
        () => undefined,
        (error: Error) => error,
      ),
    );
  }
  return failures;
}

describe('a suite over a backend that hangs', () => {
  const hanging = { get: () => never };

  test.each<[string, () => Promise<StorageSubject>]>([
    ['never creates a subject', never],
    ['never answers', async () => subject(new Proxy(new MemoryStorage(), hanging))],
    ['never disposes of one', async () => ({ ...subject(new MemoryStorage()), dispose: never })],
  ])('ends when it %s', async (_name, create) => {
    const failures = await outcomes(create);
    expect(failures).toHaveLength(conformanceCases.length);
    expect(failures.at(-1)?.message).toContain('was not run');
  });

  test('ends when paging never does, with any cursors', async () => {
    const storage = new MemoryStorage();
    let page = 0;
    storage.listVideos = async () => ({ videos: [], cursor: `page-${page++}` });
    const failures = await outcomes(async () => subject(storage));
    const failed = conformanceCases.filter((_case, index) => failures[index] !== undefined).map(({ id }) => id);
    expect(failed).toContain('list/pages');
    expect(page).toBeLessThan(1000);
  });
});

function subject(storage: MemoryStorage): StorageSubject {
  return { storage, play: async () => ({ status: 404, bytes: new Uint8Array() }), dispose: async () => {} };
}
