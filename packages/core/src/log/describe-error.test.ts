import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BackendError, StoreUnavailableError } from '../errors/backend-errors.ts';
import { describeError } from './describe-error.ts';

describe('describeError', () => {
  test.each<[string, unknown, string, string]>([
    ['one of this library', new BackendError('BACKEND_UNAVAILABLE', 'Down.'), 'BACKEND_UNAVAILABLE', 'Down.'],
    [
      'a store that says why',
      new StoreUnavailableError('Away.', { cause: new Error('no such table: a password=hunter2') }),
      'STORE_UNAVAILABLE',
      'Away. Reason: no such table: a password=REDACTED',
    ],
    ['a store that does not', new StoreUnavailableError('Away.', { cause: 'x' }), 'STORE_UNAVAILABLE', 'Away.'],
    [
      'a backend, whose cause may be anything',
      new BackendError('BACKEND_REFUSED', 'No.', { cause: new Error('x') }),
      'BACKEND_REFUSED',
      'No.',
    ],
    ['one of Node.js', Object.assign(new Error('no space left'), { code: 'ENOSPC' }), 'ENOSPC', 'Error: no space left'],
    ['a plain one', new TypeError('x is not a function'), 'INTERNAL', 'TypeError: x is not a function'],
    ['one with a number as code', new DOMException('stopped', 'AbortError'), 'INTERNAL', 'AbortError: stopped'],
    ['one with prose as code', Object.assign(new Error('x'), { code: 'not a code' }), 'INTERNAL', 'Error: x'],
    [
      'one with a code of 64 characters',
      Object.assign(new Error('x'), { code: 'C'.repeat(64) }),
      'C'.repeat(64),
      'Error: x',
    ],
    ['one with a longer code', Object.assign(new Error('x'), { code: 'C'.repeat(65) }), 'INTERNAL', 'Error: x'],
    ['one with more text after a code', Object.assign(new Error('x'), { code: 'ENOSPC\nx' }), 'INTERNAL', 'Error: x'],
    ['one without a message', new Error(''), 'INTERNAL', 'Error'],
    ['one whose code is no text', { name: 'x', code: { toString: () => 'ENOSPC' } }, 'INTERNAL', 'x'],
    ['text', 'broken', 'INTERNAL', 'broken'],
    ['nothing', undefined, 'INTERNAL', 'An error without a message.'],
    ['null', null, 'INTERNAL', 'An error without a message.'],
    ['a number', 42, 'INTERNAL', 'An error without a message.'],
    ['an object', { message: ['a'] }, 'INTERNAL', 'An error without a message.'],
  ])('describes %s', (_, error, code, message) => {
    expect(describeError(error)).toStrictEqual({ code, message });
  });

  test('shows the message scrubbed and on one line, and nothing else of the error', () => {
    const cause = new Error('cause-canary');
    const error = Object.assign(new Error('GET /?token=abc failed\nat line-2', { cause }), {
      headers: 'header-canary',
    });
    const text = JSON.stringify(describeError(error));
    expect(describeError(error).message).toBe('Error: GET /?token=REDACTED failed\\u000aat line-2');
    expect(text).not.toContain('canary');
    expect(text).not.toContain('describe-error.test');
  });

  test('never throws, whatever value it gets', () => {
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();
    const throwing = {
      get message(): string {
        throw new Error('x');
      },
    };
    for (const error of [proxy, throwing]) {
      expect(describeError(error)).toStrictEqual({ code: 'INTERNAL', message: 'An error that cannot be read.' });
    }
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (error) => {
        const { code, message } = describeError(error);
        expect([typeof code, typeof message]).toEqual(['string', 'string']);
      }),
    );
  });
});
