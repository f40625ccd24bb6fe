import { describe, expect, test } from 'vitest';
import type { ProbeJob } from './probe-thread-handle.ts';
import { type PooledThread, ThreadPool } from './thread-pool.ts';

const finding = { outcome: 'undetermined', reason: 'unrecognised' } as const;

/** A thread whose probes end when the test calls `end`. */
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

  /** Ends the probe; the facts tell whether the thread can be used again. */
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
    // The rejection is not lost: the test awaits the same promise, but only after Node would report an unhandled rejection.
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

  test('are kept: a later file starts no other', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end();
    await run(2);
    await run(3);
    expect(sizes()).toEqual([[1, 2], [3]]);
  });

  test('are replaced as soon as one was ended', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end({ isUsable: false });
    expect(sizes()).toEqual([[1], []]);
    await run(2);
    expect(sizes()).toEqual([[1], [2]]);
  });

  test('that never started are replaced only for the next file', async () => {
    const { threads, run, sizes } = pool();
    await run(1);
    await threads[0]?.end({ isUsable: false, wasReady: false });
    expect(sizes()).toEqual([[1]]);
    await run(2);
    expect(sizes()).toEqual([[1], [2]]);
  });

  test('that cannot be started fail only their own file, and take no place from others', async () => {
    const { threads, run, sizes, refuse } = pool();
    refuse(true);
    for (const size of [1, 2, 3]) await expect((await run(size)).running).rejects.toThrow('no thread');
    refuse(false);
    for (const size of [4, 5]) await run(size);
    expect(sizes()).toEqual([[4], [5]]);
    expect(threads).toHaveLength(2);
  });

  test('that cannot be replaced do no harm to the file that ended the last one', async () => {
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
  test('before its turn is never probed, and takes no other file’s turn', async () => {
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

  test('after its turn has come does not disturb waiting files', async () => {
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
