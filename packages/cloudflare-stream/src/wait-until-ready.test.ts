import { RetryHandler, toTimestamp } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { confirmed, Subjects } from '../test-support/subjects.ts';

const subjects = new Subjects();
const REFUSED = { code: 'VALIDATION_FAILED' };
const isQuestion = ({
  method,
  url = '',
}: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}) => method === 'GET' && /\/stream\/[0-9a-f]{32}$/.test(url);

afterEach(() => subjects.dispose());

describe('waitUntilReady', () => {
  test.each([
    [{ fullyencoded: true }, '`fullyencoded` is not an option; do you mean `fullyEncoded`?'],
    [{ fullyEncoded: 'yes' }, '`fullyEncoded` must be true or false.'],
  ])('refuses %j before any request', async (options, message) => {
    const { storage, emulator } = await subjects.create();
    const before = emulator.requests.length;
    const wait = Reflect.apply(storage.waitUntilReady, storage, ['f'.repeat(32), options]);
    await expect(wait).rejects.toMatchObject({ ...REFUSED, problems: [{ message }], operation: 'waitUntilReady' });
    expect(emulator.requests).toHaveLength(before);
  });

  test('uses a signal that is a getter of a class', async () => {
    const { storage } = await subjects.create();
    const reason = new Error('gone');
    class Waiting {
      get signal() {
        return AbortSignal.abort(reason);
      }
    }
    await expect(storage.waitUntilReady('f'.repeat(32), new Waiting())).rejects.toBe(reason);
  });

  test('logs its requests with the `requestId`', async () => {
    const { storage } = await subjects.create();
    const ready = {
      videoId: 'f'.repeat(32),
      backendName: 'cloudflare-stream',
      status: 'ready',
      playable: true,
    } as const;
    const asked = vi.spyOn(storage, 'getVideoMetadata').mockResolvedValue({ ...ready, createdAt: toTimestamp(0) });
    await storage.waitUntilReady(ready.videoId, { requestId: 'r-1' });
    expect(asked.mock.lastCall?.[1]).toMatchObject({ requestId: 'r-1', timeoutMs: expect.any(Number) });
  });

  /** Time passes only for the host app, so that the video never gets ready. */
  const neverReady = async ({ with: withOptions, clock }: EmulatedSubject) => {
    let nowMs = clock.now();
    const own = {
      now: () => nowMs,
      sleep: async (delayMs: number) => {
        nowMs += delayMs;
      },
    };
    return { storage: withOptions({ clock: own }).storage, now: () => nowMs };
  };

  /** A clock whose `sleep` advances the subject's time and returns at once. */
  const skippingClock = ({ clock }: EmulatedSubject, onSleep = () => {}) => ({
    now: () => clock.now(),
    sleep: async (delayMs: number, signal?: AbortSignal) => {
      onSleep();
      signal?.throwIfAborted();
      clock.advance(delayMs);
    },
  });

  test('ends when the video can be played, or with `fullyEncoded` when all renditions are encoded', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject);
    const { storage } = subject.with({ clock: skippingClock(subject) });
    expect(await storage.waitUntilReady(videoId)).toMatchObject({ playable: true, status: 'ready', progress: 0.39 });
    const whole = await storage.waitUntilReady(videoId, { fullyEncoded: true });
    expect([whole.status, whole.progress]).toEqual(['ready', undefined]);
  });

  test('with `fullyEncoded` does not end while Stream processes a video without reporting its progress', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject);
    const { storage } = subject.with({ clock: skippingClock(subject) });
    const { progress: _, ...silent } = await storage.getVideoMetadata(videoId);
    expect(silent.status).toBe('processing');
    vi.spyOn(storage, 'getVideoMetadata').mockResolvedValueOnce(silent);
    expect(await storage.waitUntilReady(videoId, { fullyEncoded: true })).toMatchObject({ status: 'ready' });
  });

  test('returns a video that has failed', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject, {}, fixtures.text);
    await subject.emulator.finishProcessing();
    expect(await subject.storage.waitUntilReady(videoId)).toMatchObject({ status: 'failed' });
  });

  test('sends about forty requests in ten minutes, then fails with TIMEOUT', async () => {
    const subject = await subjects.create();
    const { storage, now } = await neverReady(subject);
    const { videoId } = await confirmed(subject);
    const [before, startedAtMs] = [subject.emulator.requests.length, now()];
    await expect(storage.waitUntilReady(videoId)).rejects.toMatchObject({
      ...{ code: 'TIMEOUT', operation: 'waitUntilReady', cause: undefined },
      message: 'The video was not ready in time.',
    });
    expect(now() - startedAtMs).toBe(600_000);
    expect(subject.emulator.requests.length - before).toBeLessThan(50);
  });

  test('failing requests do not end the wait: 503s, a page, a pause of 30 seconds', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject);
    const { storage } = subject.with({
      clock: skippingClock(subject),
      retryHandler: new RetryHandler({ maxAttempts: 1 }),
    });
    for (const fault of [
      { kind: 'status', status: 503 },
      { kind: 'status', status: 502 },
      { kind: 'reset', when: 'before-effect' },
      { kind: 'html' },
      { kind: 'status', status: 429 },
    ] as const) {
      subject.emulator.failNext(fault, { matches: isQuestion });
    }
    expect(await storage.waitUntilReady(videoId)).toMatchObject({ playable: true });
    const withLongRetries = subject.with({
      clock: skippingClock(subject),
      retryHandler: new RetryHandler({ clock: subject.clock }),
    });
    subject.emulator.failNext({ kind: 'status', status: 429, retryAfterSeconds: 30 }, { matches: isQuestion });
    const startedAtMs = subject.clock.now();
    await withLongRetries.storage.waitUntilReady(videoId);
    expect(subject.clock.now() - startedAtMs).toBeGreaterThanOrEqual(30_000);
  });

  test('the last failure of a request is the cause of the timeout', async () => {
    const subject = await subjects.create({ retryHandler: new RetryHandler({ maxAttempts: 1 }) });
    const { videoId } = await confirmed(subject);
    const { storage } = subject.with({ clock: skippingClock(subject) });
    subject.emulator.failNext({ kind: 'status', status: 503 }, { matches: isQuestion, times: 9 });
    await expect(storage.waitUntilReady(videoId, { timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      cause: { code: 'BACKEND_UNAVAILABLE' },
    });
  });

  test('a failure that repeating cannot change ends the wait at once', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject);
    const { storage } = subject.with({ clock: skippingClock(subject) });
    const body = '{"result":null,"success":false,"errors":[{"code":7003,"message":"Could not route"}],"messages":null}';
    subject.emulator.failNext({ kind: 'status', status: 404, body }, { matches: isQuestion });
    await expect(storage.waitUntilReady(videoId)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    await expect(storage.waitUntilReady('f'.repeat(32))).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test.each([0, -1, Number.NaN, 2_147_483_648])(
    'a deadline of %s is refused as that of every call',
    async (timeoutMs) => {
      const { storage, emulator } = await subjects.create();
      const before = emulator.requests.length;
      for (const wait of [
        storage.waitUntilReady('f'.repeat(32), { timeoutMs }),
        storage.videoExists('f'.repeat(32), { timeoutMs }),
      ]) {
        await expect(wait).rejects.toMatchObject({ ...REFUSED, problems: [{ path: 'timeoutMs' }] });
      }
      expect(emulator.requests).toHaveLength(before);
    },
  );

  test('a caller who aborts the wait gets their own reason', async () => {
    const subject = await subjects.create();
    const { videoId } = await confirmed(subject);
    const controller = new AbortController();
    const reason = new Error('gone');
    const { storage } = subject.with({ clock: skippingClock(subject, () => controller.abort(reason)) });
    await expect(storage.waitUntilReady(videoId, { signal: controller.signal })).rejects.toBe(reason);
  });
});
