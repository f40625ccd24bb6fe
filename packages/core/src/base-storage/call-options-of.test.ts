import { expect, test } from 'vitest';
import { callOptionsOf } from './call-options-of.ts';

test('the common options of a call may be getters and methods of a class, and methods keep their `this`; other options are left out', () => {
  const { signal } = new AbortController();
  class Asking {
    readonly dryRun = true;
    readonly timeoutMs = 50;
    #calls = 0;
    get signal() {
      return signal;
    }
    get requestId() {
      return 'r-1';
    }
    get calls() {
      return this.#calls;
    }
    onRateLimit() {
      this.#calls += 1;
    }
  }
  const asking = new Asking();
  const { onRateLimit, ...others } = callOptionsOf(asking);
  onRateLimit?.([]);
  expect([others, asking.calls]).toEqual([{ signal, timeoutMs: 50, requestId: 'r-1' }, 1]);
  expect(callOptionsOf({})).toEqual({});
});
