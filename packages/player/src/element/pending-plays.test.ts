import { expect, test, vi } from 'vitest';
import { ignoreRefusal } from './pending-plays.ts';

test('what the browser says of a play() that nobody awaits is ignored; another error is reported to the page', () => {
  const reportError = vi.fn();
  vi.stubGlobal('reportError', reportError);
  for (const name of ['NotAllowedError', 'AbortError', 'NotSupportedError']) ignoreRefusal(new DOMException('', name));
  expect(reportError).not.toHaveBeenCalled();
  const failure = new TypeError('The player is broken.');
  ignoreRefusal(failure);
  expect(reportError).toHaveBeenCalledExactlyOnceWith(failure);
});
