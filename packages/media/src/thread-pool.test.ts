import { describe, expect, test } from 'vitest';
import type { ProbeJob } from './probe-thread-handle.ts';
import { type PooledThread, ThreadPool } from './thread-pool.ts';

const finding = { outcome: 'undetermined', reason: 'unrecognised' } as const;

/** A thread whose files end when the test says so. */
class ScriptedThread implements PooledThread {
  isUsable = true;
  wasReady = true;
  readonly sizes: number[] = [];
  #end: () => void = () => undefined;

  async run({ sizeBytes }: ProbeJob): Promise<typeof finding> {
    this.sizes.push(sizeBytes);
    await new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    return finding;
  }

  /** Ends its file, as a thread that can go on or not. */
  async end(facts: Partial<Pick<PooledThread, 'isUsable' | 'wasReady'>> = {}): Promise<void> {
    Object.assign(this, facts);
    this.#end();
    await turns();
  }
}
const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

function pool() {
  const threads: ScriptedThread[] = [];
  let isRefused = false;
  const threadPool = new ThreadPool(() => {
    if (isRefused) throw new Error('no thread');
    const thread = new ScriptedThread();
    threads.push(thread);
    return thread;
  });
  const run = async (sizeBytes: number, signal = new AbortController().signal) => {
    const running = threadPool.run({ sizeBytes, maxComputingMs: 1, signal, read: async () => undefined });
    // Not swallowed: the test looks at the same promise, but later than Node reports a rejection that nobody handles.
    running.catch(() => undefined);
    await turns();
    return { running };
  };
  const sizes = () => threads.map((thread) => thread.sizes);
  const refuse = (refused: boolean) => {
    isRefused = refused;
  };
  return { threads, run, sizes, refuse };
}

describe('the threads of a process', () => {
  test('are started when first needed: two at most; other files wait for their turn', async () => {
    const { threads, run, sizes } = pool();
    expect(threads).toEqual([]);
    const { running } = await run(1);
    expect(sizes()).toEqual([[1]]);
    for (const size of [2, 3, 4]) await run(size);
    expect(sizes()).toEqual([[1], [2]]);
    await threads[1]?.end();
    expect(sizes()).toEqual([[1], [2, 3]]);
    await threads[0]?.end();
    expect(sizes()).toEqual([
      [1, 4],
      [2, 3],
    ]);
    expect(await running).toBe(finding);
  });

  test('are two also after one of them has ended its file', async () => {
    const { threads, run, sizes } = pool();
    for (const size of [1, 2]) await run(size);
    await threads[0]?.end();
    for (const size of [3, 4]) await run(size);
    expect(sizes()).toEqual([[1, 3], [2]]);
  });

  test('are kept: a later file starts none', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end();
    await run(2);
    await run(3);
    expect(sizes()).toEqual([[1, 2], [3]]);
  });

  test('are made again as soon as one was ended', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end({ isUsable: false });
    expect(sizes()).toEqual([[1], []]);
    await run(2);
    expect(sizes()).toEqual([[1], [2]]);
  });

  test('that never started are made again for the next file alone', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end({ isUsable: false, wasReady: false });
    expect(sizes()).toEqual([[1]]);
    await run(2);
    expect(sizes()).toEqual([[1], [2]]);
  });

  test('that cannot be started fail their file alone, and take no place from others', async () => {
    const { threads, run, sizes, refuse } = pool();
    refuse(true);
    for (const size of [1, 2, 3]) await expect((await run(size)).running).rejects.toThrow('no thread');
    refuse(false);
    for (const size of [4, 5]) await run(size);
    expect(sizes()).toEqual([[4], [5]]);
    expect(threads).toHaveLength(2);
  });

  test('that cannot be made again take nothing from the file that ended the last one', async () => {
    const { threads, run, sizes, refuse } = pool();
    const { running } = await run(1);
    refuse(true);
    await threads[0]?.end({ isUsable: false });
    expect(await running).toBe(finding);
    refuse(false);
    for (const size of [2, 3]) await run(size);
    expect(sizes()).toEqual([[1], [2], [3]]);
  });

  test('that ended while they had nothing to do are not used', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end();
    Object.assign(threads[0] ?? {}, { isUsable: false });
    await run(2);
    expect(sizes()).toEqual([[1], [2]]);
  });
});

describe('a file whose signal is aborted', () => {
  test('before its turn is never probed, and takes nobody else’s', async () => {
    const { threads, run, sizes } = pool();
    for (const size of [1, 2]) await run(size);
    const ending = new AbortController();
    const { running } = await run(3, ending.signal);
    await run(4);
    ending.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
    for (const thread of threads) await thread.end();
    expect(sizes().flat().toSorted()).toEqual([1, 2, 4]);
    await run(5);
    expect(sizes().flat().toSorted()).toEqual([1, 2, 4, 5]);
  });

  test('before it begins takes no place', async () => {
    const { threads, run } = pool();
    const { running } = await run(1, AbortSignal.abort(new Error('closed')));
    await expect(running).rejects.toThrow('closed');
    expect(threads).toEqual([]);
    for (const size of [2, 3]) await run(size);
    expect(threads).toHaveLength(2);
  });

  test('after its turn came disturbs none that waits', async () => {
    const { threads, run, sizes } = pool();
    for (const size of [1, 2]) await run(size);
    const ending = new AbortController();
    await run(3, ending.signal);
    await run(4);
    await threads[0]?.end();
    ending.abort(new Error('closed'));
    await threads[1]?.end();
    expect(sizes()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});
