import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '../contract/rate-limit.ts';
import { Secret } from '../log/secret.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';
import { RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

const request = { userId: 'student-1', contextId: 'assignment-1', tenantId: 'school-1' };

/** A store that records the entries of each call and allows it. */
function recordingStore(): RateLimitStore & { readonly keys: string[] } {
  const keys: string[] = [];
  const take = async (entries: readonly RateLimitEntry[]) => {
    keys.push(...entries.map((entry) => entry.key));
    return entries.map(({ limit }) => ({ allowed: true, limit, remaining: limit - 1, retryAfterMs: 0, resetMs: 1 }));
  };
  return { keys, take };
}

describe('RateLimiter', () => {
  test('by default 20 uploads and 600 playbacks an hour per user', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ store: new MemoryRateLimitStore({ clock }) });
    for (let count = 0; count < 20; count++) await limiter.checkUploadLimit(request);
    await expect(limiter.checkUploadLimit(request)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      scope: 'user',
      limit: 20,
      retryAfterMs: 3_600_000,
    });
    await limiter.checkUploadLimit({ ...request, userId: 'student-2' });
    for (let count = 0; count < 600; count++)
      await limiter.checkPlaybackLimit({ userId: 'student-1', role: 'student' });
    await expect(limiter.checkPlaybackLimit({ userId: 'student-1', role: 'student' })).rejects.toMatchObject({
      limit: 600,
    });
  });

  test('waiting exactly as long as the error says succeeds', async () => {
    const clock = new ManualClock();
    const upload = [{ scope: 'user', limit: 2, windowSeconds: 1 }] as const;
    const limiter = new RateLimiter({ store: new MemoryRateLimitStore({ clock }), upload });
    await limiter.checkUploadLimit(request);
    clock.advance(333);
    await limiter.checkUploadLimit(request);
    const error: { readonly retryAfterMs: number } = await limiter.checkUploadLimit(request).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    clock.advance(error.retryAfterMs - 1);
    await expect(limiter.checkUploadLimit(request)).rejects.toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    await limiter.checkUploadLimit(request);
  });

  test('several scopes: a call is counted in all or in none, and the error has the longest wait', async () => {
    const clock = new ManualClock();
    const upload = [
      { scope: 'user', limit: 5, windowSeconds: 1 },
      { scope: 'tenant', limit: 2, windowSeconds: 60 },
      { scope: 'global', limit: 3, windowSeconds: 10 },
    ] as const;
    const limiter = new RateLimiter({ store: new MemoryRateLimitStore({ clock }), upload });
    await limiter.checkUploadLimit(request);
    await limiter.checkUploadLimit({ ...request, userId: 'student-2' });
    for (let count = 0; count < 50; count++) {
      await expect(limiter.checkUploadLimit(request)).rejects.toMatchObject({ scope: 'tenant', retryAfterMs: 60_000 });
    }
    // The refused calls were not counted for the user or globally.
    await limiter.checkUploadLimit({ ...request, tenantId: 'school-2' });
    await expect(limiter.checkUploadLimit({ ...request, tenantId: 'school-3' })).rejects.toMatchObject({
      scope: 'global',
    });
  });

  test('rules of a scope without an id are skipped; uploads and playbacks are counted separately', async () => {
    const store = recordingStore();
    const rules = [
      { scope: 'tenant', limit: 1, windowSeconds: 1 },
      { scope: 'context', limit: 1, windowSeconds: 1 },
    ] as const;
    const limiter = new RateLimiter({ store, upload: rules, playback: rules });
    expect(await limiter.checkPlaybackLimit(undefined)).toEqual([]);
    expect(await limiter.checkUploadLimit({ userId: 'u', contextId: 'c' })).toHaveLength(1);
    expect(await limiter.checkPlaybackLimit({ userId: 'u', role: 'r', contextId: 'c' })).toHaveLength(1);
    expect(new Set(store.keys).size).toBe(2);
  });

  test('T-E9: two spellings of one id share a count; look-alikes, scopes and windows do not', async () => {
    const store = recordingStore();
    const limiter = new RateLimiter({ store });
    for (const userId of ['é', 'e\u0301']) await limiter.checkUploadLimit({ ...request, userId });
    expect(new Set(store.keys).size).toBe(1);
    for (const userId of ['u1', 'U1', 'ｕ１', 'ﬀ', 'ff']) await limiter.checkUploadLimit({ ...request, userId });
    expect(new Set(store.keys).size).toBe(6);
  });

  test('no id can extend into another part of a key', async () => {
    const store = recordingStore();
    const upload = [
      { scope: 'user', limit: 1, windowSeconds: 1 },
      { scope: 'context', limit: 1, windowSeconds: 1 },
    ] as const;
    const limiter = new RateLimiter({ store, upload });
    await expect(limiter.checkUploadLimit({ userId: 'a\u001Fb', contextId: 'c' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    await limiter.checkUploadLimit({ userId: 'a', contextId: 'a' });
    expect(new Set(store.keys).size).toBe(2);
  });

  test('a store outside of this process never sees an id, only digests of one length', async () => {
    const keysOf = async (options: RateLimiterOptions, ids: readonly string[]) => {
      const store = recordingStore();
      const limiter = new RateLimiter({ store, ...options });
      for (const userId of ids) await limiter.checkUploadLimit({ ...request, userId });
      return store.keys;
    };
    const secret = 'a-secret-of-at-least-thirty-two-bytes';
    const [plain = [], keyed = [], again = [], other = []] = await Promise.all([
      keysOf({}, ['u', 'student-1', 'x'.repeat(128)]),
      keysOf({ keySecret: secret }, ['u', 'student-1']),
      keysOf({ keySecret: new Secret(secret) }, ['u', 'student-1']),
      keysOf({ keySecret: `${secret}!` }, ['u', 'student-1']),
    ]);
    for (const key of [...plain, ...keyed]) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set([...plain, ...keyed, ...other]).size).toBe(7);
    expect(again).toEqual(keyed);
    expect(() => new RateLimiter({ keySecret: 'short' })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });

  test.each([1, null, undefined, ['u'], {}, '', 'x'.repeat(129), '\uD800'])(
    'T-E6: the id %j is refused, never counted',
    async (userId) => {
      const store = recordingStore();
      const odd = { ...request, userId } as typeof request;
      await expect(new RateLimiter({ store }).checkUploadLimit(odd)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        problems: [{ path: 'userId' }],
      });
      expect(store.keys).toEqual([]);
    },
  );

  test.each([
    { scope: 'user', limit: Number.NaN, windowSeconds: 1 },
    { scope: 'user', limit: -1, windowSeconds: 1 },
    { scope: 'user', limit: 1.5, windowSeconds: 1 },
    { scope: 'user', limit: 1, windowSeconds: 0 },
    { scope: 'user', limit: 1, windowSeconds: 0.0005 },
    { scope: 'user', limit: 1, windowSeconds: 2_678_401 },
    { scope: 'user', limit: 1, windowSeconds: Number.POSITIVE_INFINITY },
    { scope: 'user', limit: 1, windowSeconds: '5' },
    { scope: 'user', limit: '5', windowSeconds: 1 },
    { scope: 'everybody', limit: 1, windowSeconds: 1 },
    { limit: 1, windowSeconds: 1 },
    { scope: 'user', limit: 1001, windowSeconds: 1 },
    null,
    undefined,
    5,
  ])('T-E7: the rule %j is refused at construction', (rule) => {
    const rules = [rule] as unknown as NonNullable<ConstructorParameters<typeof RateLimiter>[0]>['upload'];
    expect(() => new RateLimiter({ upload: rules })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(() => new RateLimiter({ playback: rules })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });

  test('the message says which member of a rule to set, and to what', () => {
    const messageOf = (rule: object) => {
      try {
        return void new RateLimiter({ upload: [rule as never] });
      } catch (error) {
        return error instanceof Error ? error.message : error;
      }
    };
    const rule = { scope: 'user', limit: 1000, windowSeconds: 1 };
    expect(messageOf(rule)).toBeUndefined();
    expect(messageOf({ ...rule, limit: 1001 })).toBe('Set `limit` of a rate limit to a whole number from 1 to 1000.');
    expect(messageOf({ ...rule, windowSeconds: 0 })).toBe(
      'Set `windowSeconds` of a rate limit to 0.001 to 2 678 400 (31 days), in whole milliseconds.',
    );
    expect(messageOf({ ...rule, scope: 'users' })).toBe(
      'Set `scope` of a rate limit to user, context, tenant or global.',
    );
  });

  test('unknown options are refused, and each message says what the option must be', () => {
    // @ts-expect-error: a misspelt option.
    expect(() => new RateLimiter({ storeTimeout: 5 })).toThrow('do you mean `storeTimeoutMs`?');
    expect(() => new RateLimiter({ storeTimeoutMs: 60_001 })).toThrow(
      '`storeTimeoutMs` must be a whole number of milliseconds from 1 to 60000.',
    );
    expect(() => new RateLimiter({ keySecret: 'x'.repeat(31) })).toThrow(/32 bytes/);
    expect(() => new RateLimiter({ keySecret: 'x'.repeat(32), storeTimeoutMs: 60_000 })).not.toThrow();
  });

  test('the same rule twice is refused, and so is what is not a list of rules', () => {
    const rule = { scope: 'user', limit: 1, windowSeconds: 1 } as const;
    expect(() => new RateLimiter({ upload: [rule, { ...rule }] })).toThrow(/same; remove one/);
    expect(() => new RateLimiter({ playback: {} as never })).toThrow(/`playback` must be a list of rules/);
    expect(() => new RateLimiter({ upload: [rule, { ...rule, limit: 2 }], playback: [] })).not.toThrow();
  });

  test.each([0.001, 0.29, 1.001, 4.35, 0.3, 2_678_400])('%s s are whole milliseconds', (windowSeconds) => {
    expect(() => new RateLimiter({ upload: [{ scope: 'user', limit: 1, windowSeconds }] })).not.toThrow();
  });

  test('half a second is a window, and rounding keeps 0.3 s exact', async () => {
    const clock = new ManualClock();
    const upload = [{ scope: 'user', limit: 1, windowSeconds: 0.3 }] as const;
    const limiter = new RateLimiter({ store: new MemoryRateLimitStore({ clock }), upload });
    await limiter.checkUploadLimit(request);
    clock.advance(299);
    await expect(limiter.checkUploadLimit(request)).rejects.toMatchObject({ retryAfterMs: 1 });
  });

  test('keys are digests of purpose, kind, rule and id, so that all processes of a host app share counts', async () => {
    const store = recordingStore();
    const rules = [
      { scope: 'user', limit: 20, windowSeconds: 3600 },
      { scope: 'global', limit: 5, windowSeconds: 1 },
    ] as const;
    const limiter = new RateLimiter({ store, upload: rules, playback: rules });
    await limiter.checkUploadLimit(request);
    await limiter.checkPlaybackLimit({ userId: 'student-1', role: 'student' });
    const digest = (...parts: readonly (string | number)[]) =>
      createHash('sha256')
        .update(['videostorage/rate-limit-key/v1', ...parts].join('\u001F'))
        .digest('base64url');
    expect(store.keys).toEqual([
      digest('upload', 'user', 20, 3_600_000, 'student-1'),
      digest('upload', 'global', 5, 1000, ''),
      digest('playback', 'user', 20, 3_600_000, 'student-1'),
      digest('playback', 'global', 5, 1000, ''),
    ]);
  });

  test('the store is not called when no rule applies', async () => {
    const take = vi.fn(async () => []);
    const limiter = new RateLimiter({ store: { take }, playback: [{ scope: 'user', limit: 1, windowSeconds: 1 }] });
    expect(await limiter.checkPlaybackLimit(undefined)).toEqual([]);
    expect(take).not.toHaveBeenCalled();
  });

  test('a denial of a store without a wait is still a denial', async () => {
    const take = async () => [{ allowed: false, limit: 1, remaining: 0, retryAfterMs: 0, resetMs: 0 }];
    await expect(new RateLimiter({ store: { take } }).checkUploadLimit(request)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 0,
    });
  });

  test('a store that does not answer is awaited for 250 ms, or for the time of the option', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (const [options, waitMs] of [
        [{}, 250],
        [{ storeTimeoutMs: 7 }, 7],
      ] as const) {
        const outcome = vi.fn();
        await new Promise<void>((asked) => {
          const take = () => {
            asked();
            return new Promise<never>(() => {});
          };
          void new RateLimiter({ store: { take }, ...options }).checkUploadLimit(request).catch(outcome);
        });
        await vi.advanceTimersByTimeAsync(waitMs - 1);
        expect(outcome).not.toHaveBeenCalled();
        // One more turn of the event loop, in which an answer that has arrived is read.
        await vi.advanceTimersByTimeAsync(1 + 1);
        expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
        expect(outcome).toHaveBeenCalledWith(
          expect.objectContaining({ cause: new Error(`no answer within ${waitMs} ms`) }),
        );
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test('an answer that arrived while the process was busy counts, although the timer runs first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let answer: (results: readonly RateLimitResult[]) => void = () => undefined;
      const outcome = await new Promise((resolve) => {
        const take = () => {
          queueMicrotask(() => {
            vi.advanceTimersByTime(250);
            queueMicrotask(() => answer([{ allowed: true, limit: 1, remaining: 0, retryAfterMs: 0, resetMs: 1 }]));
          });
          return new Promise<readonly RateLimitResult[]>((given) => {
            answer = given;
          });
        };
        const upload = [{ scope: 'global', limit: 1, windowSeconds: 1 }] as const;
        new RateLimiter({ store: { take }, upload }).checkUploadLimit(request).then(resolve, resolve);
      });
      expect(outcome).toMatchObject([{ allowed: true, limit: 1 }]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('the failure of a store is the cause of the refusal', async () => {
    const cause = new Error('connection refused');
    const store = { take: () => Promise.reject(cause) };
    await expect(new RateLimiter({ store }).checkUploadLimit(request)).rejects.toMatchObject({ cause });
  });

  test('T-E8: when a store fails, does not answer or returns too few results, the call is refused', async () => {
    const failing = { take: () => Promise.reject(new Error('connection refused to redis://:secret-canary@db')) };
    const silent = { take: () => new Promise<never>(() => {}) };
    const short = { take: async () => [] };
    for (const store of [failing, silent, short]) {
      const limiter = new RateLimiter({ store, storeTimeoutMs: 5 });
      const error = await limiter.checkUploadLimit(request).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
      expect(JSON.stringify(error)).not.toContain('canary');
    }
    expect(() => new RateLimiter({ storeTimeoutMs: 0 })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });

  test('the timer of a store ends with its answer, whatever that is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failing = { take: () => Promise.reject(new Error('down')) };
      for (const store of [recordingStore(), failing]) {
        await new RateLimiter({ store }).checkUploadLimit(request).catch(() => {});
        expect(vi.getTimerCount()).toBe(0);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    [1, 60],
    [60, 1],
  ])('of two reached limits with waits of %i s and %i s, the error has the longer wait', async (first, second) => {
    const upload = [
      { scope: 'user', limit: 1, windowSeconds: first },
      { scope: 'tenant', limit: 1, windowSeconds: second },
    ] as const;
    const limiter = new RateLimiter({ store: new MemoryRateLimitStore({ clock: new ManualClock() }), upload });
    await limiter.checkUploadLimit(request);
    await expect(limiter.checkUploadLimit(request)).rejects.toMatchObject({
      scope: first > second ? 'user' : 'tenant',
      windowSeconds: 60,
      retryAfterMs: 60_000,
    });
  });

  test('T-E1: of 200 parallel calls exactly as many as the limit are allowed', async () => {
    const limiter = new RateLimiter({ upload: [{ scope: 'user', limit: 20, windowSeconds: 60 }] });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => limiter.checkUploadLimit(request)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(20);
  });
});
