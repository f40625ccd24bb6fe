import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { discardRest } from './discard-rest.ts';

const BOUNDS = { maxBytes: 100, idleMs: 1000, totalMs: 10_000 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
});

/** A body, and whether it is still being read. */
function discarded() {
  const body = new PassThrough();
  const state = { isOver: false };
  const done = discardRest(body, BOUNDS).then(() => {
    state.isOver = true;
  });
  /** Sends this many bytes, and lets them arrive. */
  const send = async (bytes: number) => {
    body.write(Buffer.alloc(bytes));
    await turned();
  };
  return { body, state, done, send };
}

/** Lets streams and promises do all work that needs no time to pass. */
async function turned(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('reads to the end', async () => {
  const { body, done, send } = discarded();
  await send(100);
  body.end();
  await done;
  expect(vi.getTimerCount()).toBe(0);
});

test('stops at one byte more than the limit', async () => {
  const { body, state, done, send } = discarded();
  await send(100);
  expect(state.isOver).toBe(false);
  await send(1);
  await done;
  expect([body.isPaused(), vi.getTimerCount()]).toEqual([true, 0]);
});

test('keeps reading a sender that pauses for less than the limit, and leaves one that stops', async () => {
  const { state, done, send } = discarded();
  for (let second = 0; second < 3; second += 1) {
    await vi.advanceTimersByTimeAsync(999);
    await send(1);
  }
  expect(state.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(999);
  expect(state.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await done;
});

test('reads a sender that never pauses until the time limit', async () => {
  const { state, done, send } = discarded();
  for (let half = 0; half < 19; half += 1) {
    await vi.advanceTimersByTimeAsync(500);
    await send(1);
  }
  expect(state.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  await done;
});

test('ends when the connection closes, or has closed before', async () => {
  const { body, done } = discarded();
  body.destroy();
  await done;
  await discardRest(body, BOUNDS);
  expect(vi.getTimerCount()).toBe(0);
});

test('an earlier reader of the body gets no more of it', async () => {
  const body = new PassThrough();
  const chunks: unknown[] = [];
  body.on('data', (chunk) => void chunks.push(chunk));
  const done = discardRest(body, BOUNDS);
  body.end(Buffer.alloc(3));
  await done;
  expect(chunks).toEqual([]);
});
