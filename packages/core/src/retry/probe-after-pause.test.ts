import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { failure, reading } from '../../test-support/retried-attempts.ts';
import { ConflictError, VideoNotFoundError } from '../errors/request-errors.ts';
import { RetryHandler } from './retry-handler.ts';

const TEN_MINUTES_MS = 600_000;
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A handler whose provider has just asked for a pause, and requests that end when the test says so. */
async function paused(retryAfterMs: number) {
  const clock = new ManualClock();
  const handler = new RetryHandler({ clock, random: () => 0, maxAttempts: 1 });
  const ask = () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs }));
  await handler.run({ name: 'x', class: 'never' }, ask).catch((error: unknown) => error);
  const requests: { readonly resolve: (value: string) => void; readonly reject: (error: unknown) => void }[] = [];
  const call = (options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}) => {
    const request = () => new Promise<string>((resolve, reject) => requests.push({ resolve, reject }));
    return handler.run(reading, request, { timeoutMs: 60_000, ...options }).catch((error: unknown) => error);
  };
  return { clock, handler, requests, call };
}

describe('a provider that asks for a pause of a day', () => {
  test('is probed after ten minutes: by one call, while the others wait', async () => {
    const { clock, requests, call } = await paused(24 * 60 * 60 * 1000);
    expect(await call()).toMatchObject({ code: 'BACKEND_THROTTLED', retryAfterMs: TEN_MINUTES_MS, attempts: 0 });
    clock.advance(TEN_MINUTES_MS - 1);
    expect(requests).toHaveLength(0);
    clock.advance(1);
    const calls = [call(), call(), call()];
    await turns();
    expect(requests).toHaveLength(1);
    requests[0]?.resolve('well');
    await turns();
    clock.advance(0);
    await turns();
    expect(requests).toHaveLength(3);
    for (const request of requests) request.resolve('well');
    expect(await Promise.all(calls)).toEqual(['well', 'well', 'well']);
    // From here on no call waits for a probe.
    const more = [call(), call()];
    await turns();
    expect(requests).toHaveLength(5);
    for (const request of requests) request.resolve('well');
    await Promise.all(more);
    expect(clock.sleeping).toBe(0);
  });

  test('asks again: the gate is closed for all, and waiting calls fail at once', async () => {
    const { clock, requests, call } = await paused(TEN_MINUTES_MS);
    clock.advance(TEN_MINUTES_MS);
    const calls = [call(), call()];
    await turns();
    requests[0]?.reject(failure('BACKEND_THROTTLED', { retryAfterMs: TEN_MINUTES_MS }));
    await turns();
    clock.advance(0);
    expect(await Promise.all(calls)).toMatchObject([
      { code: 'BACKEND_THROTTLED', attempts: 1 },
      { code: 'BACKEND_THROTTLED', attempts: 0, retryAfterMs: TEN_MINUTES_MS },
    ]);
    expect(requests).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });

  test.each([
    ['cannot be reached', failure()],
    ['throttles without a hint', failure('BACKEND_THROTTLED')],
    ['sends an unreadable answer', failure('BACKEND_BAD_RESPONSE')],
    ['causes a programming error', new TypeError('bug')],
  ])('%s: the next call probes, one at a time', async (_name, error) => {
    const { clock, requests, call } = await paused(5000);
    clock.advance(5000);
    const calls = [call(), call(), call()];
    await turns();
    for (let probe = 0; probe < 2; probe += 1) {
      expect(requests).toHaveLength(probe + 1);
      requests[probe]?.reject(error);
      await turns();
      clock.advance(0);
      await turns();
    }
    expect(requests).toHaveLength(3);
    requests[2]?.resolve('well');
    expect(await Promise.all(calls)).toEqual(expect.arrayContaining([error, 'well']));
  });

  test.each([
    ['no such video', new VideoNotFoundError()],
    ['a conflict', new ConflictError('no')],
    ['a refusal', failure('BACKEND_REFUSED')],
    ['that its storage is full', failure('BACKEND_FULL')],
  ])('answers %s: it has recovered, and the gate opens', async (_name, error) => {
    const { clock, requests, call } = await paused(5000);
    clock.advance(5000);
    const calls = [call(), call(), call()];
    await turns();
    requests[0]?.reject(error);
    await turns();
    clock.advance(0);
    await turns();
    expect(requests).toHaveLength(3);
    for (const request of requests) request.resolve('well');
    await Promise.all(calls);
  });

  test.each([
    ['abort', 'gone'],
    ['abort with an error that would be an answer', new VideoNotFoundError()],
    ['deadline', expect.objectContaining({ code: 'TIMEOUT' })],
  ])('the probe ends by its %s: another call probes, one at a time', async (end, outcome: unknown) => {
    const { clock, requests, call } = await paused(5000);
    clock.advance(5000);
    const controller = new AbortController();
    const probe = call({ signal: controller.signal, timeoutMs: 1000 });
    await turns();
    const waiting = [call(), call()];
    await turns();
    expect(requests).toHaveLength(1);
    if (end === 'deadline') clock.advance(1000);
    else controller.abort(outcome);
    expect(await probe).toEqual(outcome);
    await turns();
    clock.advance(0);
    await turns();
    expect(requests).toHaveLength(2);
    requests[1]?.resolve('well');
    await turns();
    clock.advance(0);
    await turns();
    requests[2]?.resolve('well');
    expect(await Promise.all(waiting)).toEqual(['well', 'well']);
  });

  test('a call that waits for a probe ends at its own deadline or abort, without an attempt', async () => {
    const { clock, requests, call } = await paused(5000);
    clock.advance(5000);
    const probe = call();
    const controller = new AbortController();
    const [hasty, gone] = [call({ timeoutMs: 300 }), call({ signal: controller.signal })];
    await turns();
    controller.abort('gone');
    clock.advance(300);
    expect(await gone).toBe('gone');
    expect(await hasty).toMatchObject({ code: 'TIMEOUT', attempts: 0 });
    expect(requests).toHaveLength(1);
    requests[0]?.resolve('well');
    expect(await probe).toBe('well');
    expect(clock.sleeping).toBe(0);
  });

  test('calls that waited for a probe are spread over at most a second', async () => {
    const clock = new ManualClock();
    const randoms = [0, 0.25, 0.75];
    const handler = new RetryHandler({ clock, random: () => randoms.shift() ?? 0.5, maxAttempts: 1 });
    const ask = () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs: 30_000 }));
    await handler.run({ name: 'x', class: 'never' }, ask).catch((error: unknown) => error);
    clock.advance(30_000);
    const startedAtMs = clock.now();
    let end = (_value: unknown) => {};
    const probe = handler.run(
      reading,
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    const times: number[] = [];
    randoms.shift();
    const others = [1, 2].map(() => handler.run(reading, async () => times.push(clock.now() - startedAtMs)));
    await turns();
    end('well');
    await turns();
    for (let step = 0; step < 1000; step += 250) {
      clock.advance(250);
      await turns();
    }
    await Promise.all([probe, ...others]);
    expect(times).toEqual([250, 750]);
  });
});

describe('an injected clock that fails', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e15])('returning %s, delays no call for ever', async (wrong) => {
    const { clock, requests, call } = await paused(5000);
    const before = clock.now();
    clock.set(wrong);
    expect(await call({ timeoutMs: 1000 })).toMatchObject({ code: 'BACKEND_THROTTLED', retryAfterMs: 5000 });
    clock.set(Number.isFinite(wrong) ? wrong + 5000 : before + 5000);
    const free = call();
    await turns();
    expect(requests).toHaveLength(1);
    requests[0]?.resolve('well');
    expect(await free).toBe('well');
  });

  test('a hint that arrives while it returns NaN leads to a pause of that length', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock, random: () => 0, maxAttempts: 1 });
    const before = clock.now();
    clock.set(Number.NaN);
    const ask = () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs: 5000 }));
    await handler.run({ name: 'x', class: 'never' }, ask).catch((error: unknown) => error);
    clock.set(before);
    await expect(handler.run(reading, async () => 1, { timeoutMs: 1000 })).rejects.toMatchObject({
      retryAfterMs: 5000,
    });
    clock.set(before + 5000);
    expect(await handler.run(reading, async () => 1)).toBe(1);
  });
});
