import { ManualClock } from '@videostorage/testing';
import { expect, test } from 'vitest';
import type { RequestSender, SenderAnswer } from './request-sender.ts';
import { watchedSender } from './watched-sender.ts';

const ANSWER: SenderAnswer = { status: 200, text: 'ok', header: () => null };

/** One request with a watchdog of one second, and its result. */
function watched() {
  const clock = new ManualClock();
  const answer = Promise.withResolvers<SenderAnswer>();
  const page = new AbortController();
  const reported: (readonly number[])[] = [];
  let progress: (sentBytes: number, totalBytes: number) => void = () => undefined;
  const send: RequestSender = ({ signal, onProgress }) => {
    progress = onProgress ?? progress;
    signal.addEventListener('abort', () => answer.reject(signal.reason));
    return answer.promise;
  };
  const sending = watchedSender(
    send,
    clock,
    1000,
  )({
    ...{ method: 'PUT', url: 'https://storage.example/', headers: {}, signal: page.signal },
    onProgress: (...bytes) => void reported.push(bytes),
  });
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  sending.then(over, over);
  return {
    ...{ clock, answer, page, reported, sending, isOver: () => isOver },
    progress: (sentBytes: number) => progress(sentBytes, 100),
    /** Advances the time in steps, so that each wait begins when the one before has ended. */
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 50) {
        clock.advance(50);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

test('a request without progress is aborted after `stallMs`, with a retryable TIMEOUT', async () => {
  const { pass, isOver, sending } = watched();
  await pass(950);
  expect(isOver()).toBe(false);
  await pass(50);
  await expect(sending).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
});

test('a request with progress lasts as long as it takes, and its progress is passed on', async () => {
  const { pass, progress, reported, isOver, answer, sending } = watched();
  for (let bytes = 1; bytes <= 5; bytes++) {
    await pass(950);
    progress(bytes);
  }
  expect([isOver(), reported.length, reported.at(-1)]).toEqual([false, 5, [5, 100]]);
  answer.resolve(ANSWER);
  expect(await sending).toBe(ANSWER);
});

test('a stalled request is aborted within 1.1 times `stallMs` after its last progress', async () => {
  const { pass, progress, isOver, sending } = watched();
  await pass(950);
  progress(1);
  await pass(950);
  expect(isOver()).toBe(false);
  await pass(150);
  await expect(sending).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('setting the clock aborts no request', async () => {
  const { pass, clock, isOver } = watched();
  const now = clock.now.bind(clock);
  clock.now = () => now() + 86_400_000;
  await pass(500);
  expect(isOver()).toBe(false);
});

test('an answered or aborted request leaves no timer', async () => {
  const answered = watched();
  expect(answered.clock.sleeping).toBe(1);
  answered.answer.resolve(ANSWER);
  await answered.sending;
  expect(answered.clock.sleeping).toBe(0);

  const aborted = watched();
  const reason = new Error('paused');
  aborted.page.abort(reason);
  await expect(aborted.sending).rejects.toBe(reason);
  expect(aborted.clock.sleeping).toBe(0);
});
