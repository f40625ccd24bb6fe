import { EventEmitter } from 'node:events';
import { ConfigurationError } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ProbeJob, type ProbeThread, ProbeThreadHandle } from './probe-thread-handle.ts';
import type { HostMessage, ThreadMessage } from './thread/messages.ts';

/** Replaces a real thread, which the tests of `probeVideo` use: a test chooses the order of its messages. */
class ScriptedThread extends EventEmitter implements ProbeThread {
  readonly posted: HostMessage[] = [];
  readonly transferred: (readonly ArrayBuffer[])[] = [];
  /** Whether it keeps the process alive; listening to a port does. */
  isReferenced = true;
  isEnded = false;

  postMessage(message: HostMessage, transfer: readonly ArrayBuffer[]): void {
    this.posted.push(message);
    this.transferred.push(transfer);
  }
  ref(): void {
    this.isReferenced = true;
  }
  unref(): void {
    this.isReferenced = false;
  }
  async terminate(): Promise<number> {
    this.isEnded = true;
    return 1;
  }
  override on(...[event, listener]: Parameters<EventEmitter['on']>): this {
    this.isReferenced = true;
    return super.on(event, listener);
  }
  say(message: ThreadMessage): void {
    this.emit('message', message);
  }
}

const finding = { outcome: 'undetermined', reason: 'unrecognised' } as const;
const tooComplex = { outcome: 'undetermined', reason: 'too-complex' } as const;
const read = { type: 'read', start: 4, end: 7, computedMs: 0 } as const;
const done = { type: 'done', finding, isSpent: false } as const;
const bytes = Uint8Array.of(1, 2, 3);

let thread: ScriptedThread;
let handle: ProbeThreadHandle;
beforeEach(() => {
  vi.useFakeTimers();
  thread = new ScriptedThread();
  handle = new ProbeThreadHandle(thread);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs a job in a thread that is ready; resolves when the job was posted to the thread. */
async function start(job: Partial<ProbeJob> = {}) {
  thread.say({ type: 'ready' });
  const ending = new AbortController();
  const running = handle.run({
    ...{ sizeBytes: 100, maxComputingMs: 2000, signal: ending.signal, read: async () => bytes },
    ...job,
  });
  // The rejection is not lost: the test awaits the same promise, but only after Node would report an unhandled rejection.
  running.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return { running, ending };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a thread', () => {
  test('is usable from the start, ready after its message, and does not keep the process alive', () => {
    expect([handle.isUsable, handle.wasReady, thread.isReferenced]).toEqual([true, false, false]);
    thread.say({ type: 'ready' });
    expect([handle.isUsable, handle.wasReady]).toEqual([true, true]);
  });

  test('that cannot start fails the job that waits for it, and no other', async () => {
    const running = handle.run({
      sizeBytes: 1,
      maxComputingMs: 1,
      signal: new AbortController().signal,
      read: vi.fn(),
    });
    expect(thread.isReferenced).toBe(true);
    const cause = new Error('no such file');
    thread.emit('error', cause);
    const error: unknown = await running.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ cause });
    expect([handle.isUsable, handle.wasReady, thread.isReferenced]).toEqual([false, false, false]);
    expect(thread.posted).toEqual([]);
  });

  test('that has ended is an error with its exit code', async () => {
    thread.emit('exit', 134);
    await expect(start().then(({ running }) => running)).rejects.toMatchObject({
      cause: new Error('The thread ended with code 134.'),
    });
  });

  test('that is not ready when the signal aborts gets no job', async () => {
    const ending = new AbortController();
    const running = handle.run({ sizeBytes: 1, maxComputingMs: 1, signal: ending.signal, read: vi.fn() });
    ending.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
    await expect(handle.run({ sizeBytes: 1, maxComputingMs: 1, signal: ending.signal, read: vi.fn() })).rejects.toThrow(
      'closed',
    );
    expect([thread.posted, handle.isUsable, thread.isEnded]).toEqual([[], true, false]);
  });
});

describe('a job', () => {
  test('is posted, gets the bytes that it requests, and ends with its finding; the thread is free again', async () => {
    const reads: (readonly [number, number])[] = [];
    const whole = new Uint8Array([9, ...bytes, 9]);
    const { running } = await start({
      read: async (from, to) => {
        reads.push([from, to]);
        return whole.subarray(1, 4);
      },
    });
    expect(thread.isReferenced).toBe(true);
    thread.say(read);
    await settle();
    thread.say(done);
    expect(await running).toEqual(finding);
    expect(reads).toEqual([[4, 7]]);
    expect(thread.posted).toEqual([
      { type: 'probe', sizeBytes: 100 },
      { type: 'bytes', bytes },
    ]);
    // A copy is transferred, so the caller keeps its own bytes.
    expect(thread.transferred.map((buffers) => buffers.map(({ byteLength }) => byteLength))).toEqual([[], [3]]);
    expect(whole.byteLength).toBe(5);
    expect([handle.isUsable, thread.isEnded, thread.isReferenced, vi.getTimerCount()]).toEqual([true, false, false, 0]);
    thread.say(done);
    expect(thread.posted).toHaveLength(2);
  });

  test('that may read no more bytes gets the message `limit`', async () => {
    const { running } = await start({ read: async () => undefined });
    thread.say(read);
    await settle();
    expect(thread.posted[1]).toEqual({ type: 'limit' });
    thread.say(done);
    expect(await running).toEqual(finding);
  });

  test('of a spent thread ends with its finding, and the thread ends too', async () => {
    const { running } = await start();
    thread.say({ ...done, isSpent: true });
    expect(await running).toEqual(finding);
    expect([handle.isUsable, thread.isEnded]).toEqual([false, true]);
  });

  test('without a finding is too complex', async () => {
    const { running } = await start();
    thread.say({ ...done, finding: undefined });
    expect(await running).toEqual(tooComplex);
  });

  test.each([
    ['exit', 1, 'The thread ended with code 1.'],
    ['error', new Error('It fell.'), 'It fell.'],
    ['error', Object.assign(new Error('Another.'), { code: 'ERR_OTHER' }), 'Another.'],
  ])('whose thread ends by %s fails', async (event, given, message) => {
    const { running } = await start();
    thread.emit(event, given);
    await expect(running).rejects.toThrow(message);
    expect(handle.isUsable).toBe(false);
  });

  test('whose thread had no more memory is too complex', async () => {
    const { running } = await start();
    thread.emit('error', Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
    expect(await running).toEqual(tooComplex);
  });
});

describe('computing', () => {
  test('for longer than allowed ends the thread; reading does not count', async () => {
    let answer: (given: Uint8Array) => void = () => undefined;
    const { running } = await start({ read: () => new Promise((resolve) => (answer = resolve)) });
    await vi.advanceTimersByTimeAsync(1999);
    thread.say({ ...read, computedMs: 1500 });
    await vi.advanceTimersByTimeAsync(60_000);
    answer(bytes);
    await vi.advanceTimersByTimeAsync(499);
    expect([handle.isUsable, thread.isEnded]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(2);
    expect(await running).toEqual(tooComplex);
    expect([handle.isUsable, thread.isEnded]).toEqual([false, true]);
  });

  test('whose answer waits in the queue when its time is over still ends with that answer', async () => {
    const { running } = await start();
    vi.advanceTimersByTime(2000);
    thread.say(done);
    expect(await running).toEqual(finding);
    await vi.advanceTimersByTimeAsync(1);
    expect([handle.isUsable, thread.isEnded]).toEqual([true, false]);
  });
});

describe('an abort', () => {
  test('while the thread computes ends the thread', async () => {
    const { running, ending } = await start();
    ending.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
    expect([handle.isUsable, thread.isEnded, vi.getTimerCount()]).toEqual([false, true, 0]);
  });

  test('while the thread waits for bytes lets it drop the file and stay; the bytes that are read are ignored', async () => {
    let answer: (given: Uint8Array) => void = () => undefined;
    const { running, ending } = await start({ read: () => new Promise((resolve) => (answer = resolve)) });
    thread.say(read);
    ending.abort(new Error('closed'));
    answer(bytes);
    await settle();
    expect(thread.posted).toEqual([{ type: 'probe', sizeBytes: 100 }, { type: 'cancel' }]);
    thread.say({ type: 'done', finding: undefined, isSpent: false });
    await expect(running).rejects.toThrow('closed');
    expect([handle.isUsable, thread.isEnded]).toEqual([true, false]);
  });

  test('of a file that is not dropped in time ends the thread, with the same reason', async () => {
    const { running, ending } = await start({ read: () => new Promise(() => undefined) });
    thread.say(read);
    ending.abort(new Error('closed'));
    await vi.advanceTimersByTimeAsync(2001);
    await expect(running).rejects.toThrow('closed');
    expect([handle.isUsable, thread.isEnded]).toEqual([false, true]);
  });

  test.each([
    ['is spent', (): unknown => thread.say({ ...done, isSpent: true })],
    ['is gone', (): unknown => thread.emit('exit', 1)],
  ])('is the end of a job whose thread %s', async (_, end) => {
    const { running, ending } = await start({ read: () => new Promise(() => undefined) });
    thread.say(read);
    ending.abort(new Error('closed'));
    end();
    await expect(running).rejects.toThrow('closed');
  });

  test('after the end of a job does nothing', async () => {
    const { running, ending } = await start();
    thread.say(done);
    await running;
    ending.abort(new Error('closed'));
    expect([handle.isUsable, thread.isEnded, thread.posted.length]).toEqual([true, false, 1]);
  });
});

test('a read that fails ends the job with its error, once the thread has dropped the file; later failures do not count', async () => {
  const { running, ending } = await start({ read: () => Promise.reject(new Error('The bucket is gone.')) });
  thread.say(read);
  await settle();
  expect(thread.posted[1]).toEqual({ type: 'cancel' });
  ending.abort(new Error('closed'));
  await expect(running).rejects.toThrow('The bucket is gone.');
});
