import { ManualClock } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { ATTEMPT_TIMEOUT_MS, askWithin } from './ask-within.ts';

const turned = () => new Promise((resolve) => setImmediate(resolve));

/** A signal that counts who listens to it. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const counted = { controller, signal, listeners: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...call: Parameters<typeof addEventListener>) => {
    counted.listeners += 1;
    addEventListener.apply(signal, call);
  };
  signal.removeEventListener = (...call: Parameters<typeof removeEventListener>) => {
    counted.listeners -= 1;
    removeEventListener.apply(signal, call);
  };
  return counted;
}

test.each([
  ['answered', async () => 'grant'],
  ['refused', () => Promise.reject(new Error('no'))],
])('an attempt that is %s keeps neither a listener on the caller’s signal nor a timer', async (_name, ask) => {
  const [clock, counted] = [new ManualClock({ nowMs: 0 }), countedSignal()];
  await askWithin(clock, counted.signal, ask).catch(() => undefined);
  await turned();
  expect([counted.listeners, clock.sleeping]).toEqual([0, 0]);
});

test('the request is aborted at the limit, not before, and its late answer is ignored', async () => {
  const clock = new ManualClock({ nowMs: 0 });
  let asked: AbortSignal | undefined;
  const asking = askWithin(clock, undefined, (signal) => {
    asked = signal;
    return new Promise<string>(() => {});
  });
  const failed = expect(asking).rejects.toMatchObject({ code: 'TIMEOUT' });
  clock.advance(ATTEMPT_TIMEOUT_MS - 1);
  await turned();
  expect(asked?.aborted).toBe(false);
  clock.advance(1);
  await failed;
  expect(asked?.aborted).toBe(true);
});

test('an abort while the host app does not answer rejects at once, and aborts the request', async () => {
  const [clock, counted] = [new ManualClock({ nowMs: 0 }), countedSignal()];
  let asked: AbortSignal | undefined;
  const asking = askWithin(clock, counted.signal, (signal) => {
    asked = signal;
    return new Promise<string>(() => {});
  });
  const reason = new Error('gone');
  counted.controller.abort(reason);
  await expect(asking).rejects.toBe(reason);
  expect(asked?.reason).toBe(reason);
  await turned();
  expect(clock.sleeping).toBe(0);
});

test('a caller who has already aborted causes no request', async () => {
  const asked: string[] = [];
  const ask = async () => asked.push('asked');
  await expect(askWithin(new ManualClock({ nowMs: 0 }), AbortSignal.abort(new Error('gone')), ask)).rejects.toThrow(
    'gone',
  );
  expect(asked).toEqual([]);
});
