import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { Script } from './script.ts';

const script = new Script('return 1');
const sha1 = createHash('sha1').update('return 1').digest('hex');
const noScript = new Error('NOSCRIPT No matching script. Please use EVAL.');

describe('ioredis and iovalkey', () => {
  test('get number of keys, keys and arguments in one list, and only the SHA-1 of the script', async () => {
    const client = { evalsha: vi.fn(async () => [1]), eval: vi.fn() };
    expect(await script.run(client, ['k1', 'k2'], ['a'])).toEqual([1]);
    expect(client.evalsha.mock.calls).toEqual([[sha1, 2, 'k1', 'k2', 'a']]);
    expect(client.eval).not.toHaveBeenCalled();
  });

  test('get the script itself once the server does not know it', async () => {
    const client = { evalsha: vi.fn(() => Promise.reject(noScript)), eval: vi.fn(async () => [2]) };
    expect(await script.run(client, ['k1'], ['a', 'b'])).toEqual([2]);
    expect(client.eval.mock.calls).toEqual([['return 1', 1, 'k1', 'a', 'b']]);
  });
});

describe('node-redis', () => {
  test('gets keys and arguments by name', async () => {
    const client = { evalSha: vi.fn(async () => [1]), eval: vi.fn() };
    expect(await script.run(client, ['k1', 'k2'], ['a'])).toEqual([1]);
    expect(client.evalSha.mock.calls).toEqual([[sha1, { keys: ['k1', 'k2'], arguments: ['a'] }]]);
    expect(client.eval).not.toHaveBeenCalled();
  });

  test('gets the script itself once the server does not know it', async () => {
    const client = { evalSha: vi.fn(() => Promise.reject(noScript)), eval: vi.fn(async () => [2]) };
    expect(await script.run(client, ['k1'], ['a'])).toEqual([2]);
    expect(client.eval.mock.calls).toEqual([['return 1', { keys: ['k1'], arguments: ['a'] }]]);
  });
});

test.each(['WRONGTYPE no list', 'ERR it says NOSCRIPT somewhere', 'NOSCRIPTS'])(
  '%s reaches the caller: the script is not sent again',
  async (message) => {
    const client = { evalsha: vi.fn(() => Promise.reject(new Error(message))), eval: vi.fn() };
    await expect(script.run(client, ['k'], [])).rejects.toThrow(message);
    expect(client.eval).not.toHaveBeenCalled();
  },
);

test('any object with `then` is accepted as a promise', async () => {
  // biome-ignore lint/suspicious/noThenProperty: a client may return such an object instead of a promise
  const client = { evalsha: () => ({ then: (done: (value: unknown) => void) => done(7) }), eval: vi.fn() };
  expect(await Reflect.apply(script.run, script, [client, ['k'], []])).toBe(7);
});

test('after a second failure the script is not sent again', async () => {
  const client = { evalsha: vi.fn(() => Promise.reject(noScript)), eval: vi.fn(() => Promise.reject(noScript)) };
  await expect(script.run(client, ['k'], [])).rejects.toBe(noScript);
  expect(client.eval).toHaveBeenCalledOnce();
});

test('a client that expects lists, and throws at once for a number, is a ConfigurationError, not an outage', async () => {
  const lists = () => {
    throw new TypeError('keys is not iterable');
  };
  const client = { evalsha: lists, eval: lists };
  await expect(script.run(client, ['k'], ['a'])).rejects.toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining('wrap it in an object with `evalsha(sha1, numberOfKeys, …)`'),
  });
  const down = () => {
    throw new Error('The connection is closed.');
  };
  await expect(script.run({ evalsha: down, eval: down }, ['k'], [])).rejects.toThrow('The connection is closed.');
});

test.each([true, undefined, null, {}])(
  'a client that returns %j, since it expects a callback, is refused, also when the whole script must be sent',
  async (answer) => {
    const half = { evalsha: () => Promise.reject(noScript), eval: () => answer as Promise<unknown> };
    await expect(script.run(half, ['k'], [])).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    const client = { evalsha: () => answer as Promise<unknown>, eval: () => answer as Promise<unknown> };
    await expect(script.run(client, ['k'], [])).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('use ioredis, iovalkey, or redis 4 or later'),
    });
  },
);
