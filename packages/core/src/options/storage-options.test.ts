import { describe, expect, test, vi } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { BaseStorageOptions } from '../base-storage/base-storage-options.ts';
import { Logger } from '../log/logger.ts';
import { Secret } from '../log/secret.ts';
import { MemoryRateLimitStore } from '../rate-limit/memory-rate-limit-store.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { RetryHandler } from '../retry/retry-handler.ts';
import { systemClock } from '../time/system-clock.ts';
import { Validator } from '../validation/validator.ts';
import { optionOf } from './option-of.ts';
import { checkBaseOptions, checkStorageOptions } from './storage-options.ts';

interface ShelfOptions extends BaseStorageOptions {
  readonly folder: string;
}
const folder = optionOf((value): value is string => typeof value === 'string', 'must be text');
const right = { folder: 'a', referenceSecrets: ['x'.repeat(32)] };
const check = (change: object) =>
  checkStorageOptions<ShelfOptions, { folder: typeof folder }>('Shelf', { ...right, ...change }, { folder });

describe('options of every storage', () => {
  test('own and common ones are accepted together, with every collaborator', () => {
    const collaborators = {
      validator: new Validator(),
      logger: new Logger(),
      rateLimiter: new RateLimiter(),
      retryHandler: new RetryHandler(),
      clock: new ManualClock(),
      uploadExpiresInSeconds: 86_400,
    };
    const { referenceSecrets, ...others } = check(collaborators);
    expect(others).toEqual({ folder: 'a', ...collaborators });
    expect(referenceSecrets).toEqual([expect.any(Secret)]);
    expect(check({ clock: systemClock }).clock).toBe(systemClock);
  });

  test.each<[object, string]>([
    [
      { maxSizeBytes: 5 },
      '`maxSizeBytes` is not an option here; pass it with validator: new Validator({ maxSizeBytes: … }).',
    ],
    [{ maxAttempts: 5 }, '`maxAttempts` is not an option here; pass it with retryHandler: new RetryHandler('],
    [{ store: {} }, '`store` is not an option here; pass it with rateLimiter: new RateLimiter('],
    [{ sink: console.log }, '`sink` is not an option here; pass it with logger: new Logger('],
    [{ secrets: [] }, '`secrets` is not an option here; pass it with logger'],
    [{ foldr: 'b' }, '`foldr` is not an option; do you mean `folder`?'],
    [{ referenceSecret: 'b' }, '`referenceSecret` is not an option; do you mean `referenceSecrets`?'],
    [{ validator: {} }, '`validator` must be a Validator, for instance new Validator('],
    [{ validator: Validator }, '`validator` must be a Validator'],
    [{ validator: null }, '`validator` must be a Validator'],
    [{ validator: 'text' }, '`validator` must be a Validator'],
    [{ validator: { validateUploadRequest: 1, validateFileSize: 1 } }, '`validator` must be a Validator'],
    [{ logger: {} }, '`logger` must be a Logger'],
    [{ logger: console }, '`logger` must be a Logger, for instance new Logger({ sink: consoleSink() })'],
    [{ rateLimiter: { checkUploadLimit: () => [] } }, '`rateLimiter` must be a RateLimiter'],
    [{ rateLimiter: { checkPlaybackLimit: () => [] } }, '`rateLimiter` must be a RateLimiter'],
    [{ retryHandler: { run: () => 1 } }, '`retryHandler` must be a RetryHandler'],
    [{ clock: Date }, '`clock` must be a Clock'],
    [{ clock: { now: () => 1 } }, '`clock` must be a Clock'],
    [{ clock: { now: () => Number.NaN, sleep: () => 1 } }, 'now() returns finite milliseconds'],
    [{ clock: { now: () => new Date(), sleep: () => 1 } }, '`clock` must be a Clock'],
    [
      {
        clock: {
          now: () => {
            throw new Error('x');
          },
          sleep: () => 1,
        },
      },
      '`clock` must be a Clock',
    ],
    [{ uploadExpiresInSeconds: 0 }, '`uploadExpiresInSeconds` must be a whole number of seconds from 1 to 86400'],
    [{ uploadExpiresInSeconds: 86_401 }, '`uploadExpiresInSeconds` must be'],
    [{ referenceSecrets: [''] }, '`referenceSecrets.0` is empty; is its environment variable set?'],
    [{ referenceSecrets: [undefined] }, '`referenceSecrets.0` is empty'],
    [{ referenceSecrets: [] }, '`referenceSecrets` must hold at least one secret'],
    [{ referenceSecrets: undefined }, '`referenceSecrets` must be a list of secrets'],
    [{ referenceSecrets: ['x'.repeat(31)] }, '`referenceSecrets.0` must have at least 32 bytes; Make one with: node -'],
    [{ referenceSecrets: Array(11).fill('x'.repeat(32)) }, '`referenceSecrets` must hold at most 10 secrets.'],
  ])('%j: %s', (change, message) => {
    expect(() => check(change)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(() => check(change)).toThrow(`Shelf: ${message}`.slice(0, 7));
    expect(() => check(change)).toThrow(message);
  });

  test('a Secret of another copy of this package is accepted by its brand', async () => {
    vi.resetModules();
    const copy = await import('../log/secret.ts');
    expect(copy.Secret).not.toBe(Secret);
    const foreign = new copy.Secret('y'.repeat(32));
    expect(foreign).not.toBeInstanceOf(Secret);
    expect(check({ referenceSecrets: [foreign] }).referenceSecrets).toEqual([foreign]);
  });

  test('collaborators of another copy are accepted by their methods', async () => {
    vi.resetModules();
    const [{ Validator: Other }, { Logger: OtherLogger }, { RateLimiter: OtherLimiter }, { RetryHandler: OtherRetry }] =
      await Promise.all([
        import('../validation/validator.ts'),
        import('../log/logger.ts'),
        import('../rate-limit/rate-limiter.ts'),
        import('../retry/retry-handler.ts'),
      ]);
    const given = {
      ...{ validator: new Other(), logger: new OtherLogger() },
      ...{ rateLimiter: new OtherLimiter(), retryHandler: new OtherRetry() },
    };
    expect(check(given)).toMatchObject(given);
  });

  test('the base class checks the common ones for storages that do not, and ignores others', () => {
    const others = { ...right, anything: 1 };
    expect(checkBaseOptions('shelf', others)).toMatchObject({ validator: undefined });
    expect(() => checkBaseOptions('shelf', { ...others, logger: console as never })).toThrow('shelf: `logger` must be');
    expect(() => Reflect.construct(ArrayStorage, [{ ...right, validator: {} }])).toThrow(
      '`validator` must be a Validator',
    );
    expect(() => Reflect.construct(ArrayStorage, [{ referenceSecrets: undefined }])).toThrow(
      '`referenceSecrets` must be',
    );
  });
});

describe('options of the shared parts', () => {
  test.each<[string, () => unknown, string]>([
    [
      'Logger',
      () => new Logger({ sink: console as never }),
      '`sink` must be a function that takes a record, for instance consoleSink()',
    ],
    ['Logger', () => new Logger({ lvel: 'info' } as never), '`lvel` is not an option; do you mean `level`?'],
    ['Logger', () => new Logger({ level: 'toString' as never }), '`level` must be debug, info, warn or error'],
    ['Logger', () => new Logger({ level: 1 as never }), '`level` must be'],
    ['Logger', () => new Logger({ maxPending: 0 }), '`maxPending` must be a whole number from 1'],
    ['Logger', () => new Logger({ onSinkError: true as never }), '`onSinkError` must be a function'],
    ['Logger', () => new Logger({ secrets: [''] as never }), '`secrets.0` is empty'],
    ['Logger', () => new Logger({ clock: { now: () => Number.NaN } }), '`clock` must be a Clock'],
    [
      'RateLimiter',
      () => new RateLimiter({ uploads: [] } as never),
      '`uploads` is not an option; do you mean `upload`?',
    ],
    ['RateLimiter', () => new RateLimiter({ store: {} as never }), '`store` must be a RateLimitStore'],
    ['RateLimiter', () => new RateLimiter({ upload: {} as never }), '`upload` must be a list of rules'],
    ['RateLimiter', () => new RateLimiter({ playback: 5 as never }), '`playback` must be a list of rules'],
    [
      'RateLimiter',
      () => new RateLimiter({ storeTimeoutMs: 60_001 }),
      '`storeTimeoutMs` must be a whole number of milliseconds',
    ],
    ['RateLimiter', () => new RateLimiter({ keySecret: '' }), '`keySecret` is empty; is its environment variable set?'],
    ['RateLimiter', () => new RateLimiter({ keySecret: 'short' }), '`keySecret` must have at least 32 bytes'],
    [
      'RetryHandler',
      () => new RetryHandler({ attempts: 2 } as never),
      '`attempts` is not an option; do you mean `maxAttempts`?',
    ],
    ['RetryHandler', () => new RetryHandler({ maxAttempts: 11 }), '`maxAttempts` must be a whole number from 1 to 10'],
    ['RetryHandler', () => new RetryHandler({ budgetTokens: -1 }), '`budgetTokens` must be a whole number from 0'],
    ['RetryHandler', () => new RetryHandler({ random: 0.5 as never }), '`random` must be a function'],
    ['RetryHandler', () => new RetryHandler({ clock: {} as never }), '`clock` must be a Clock'],
    [
      'MemoryRateLimitStore',
      () => new MemoryRateLimitStore({ maxKey: 2 } as never),
      '`maxKey` is not an option; do you mean `maxKeys`?',
    ],
    ['MemoryRateLimitStore', () => new MemoryRateLimitStore({ maxKeys: 0 }), '`maxKeys` must be a whole number from 1'],
    ['MemoryRateLimitStore', () => new MemoryRateLimitStore({ clock: {} as never }), '`clock` must be a Clock'],
  ])('%s (%#)', (owner, construct, message) => {
    expect(construct).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(construct).toThrow(`${owner}: ${message}`);
  });
});

test('options that are getters of a class are read', () => {
  class Settings {
    uploadSeconds = 60;
    get referenceSecrets() {
      return right.referenceSecrets;
    }
    get uploadExpiresInSeconds() {
      return this.uploadSeconds;
    }
  }
  const settings = new Settings();
  expect(checkBaseOptions('Shelf', settings)).toMatchObject({ uploadExpiresInSeconds: 60 });
  settings.uploadSeconds = 0;
  expect(() => checkBaseOptions('Shelf', settings)).toThrow('Shelf: `uploadExpiresInSeconds` must be a whole number');
});
