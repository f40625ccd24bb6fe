import { expect, test, vi } from 'vitest';
import { onWake } from './wake-events.ts';

/** A page: its window and its document. */
function page() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  return { window, document };
}

test('a page that may have slept wakes its session, until it is stopped', () => {
  const { window, document } = page();
  let woken = 0;
  const stop = onWake(() => {
    woken += 1;
  });
  const events = () => {
    woken = 0;
    for (const type of ['online', 'pageshow', 'focus']) window.dispatchEvent(new Event(type));
    for (const type of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(type));
    return woken;
  };
  expect(events()).toBe(5);
  document.visibilityState = 'hidden';
  expect(events()).toBe(0);
  document.visibilityState = 'visible';
  stop();
  expect(events()).toBe(0);
});

test('without a page, or with a part of one, no listener is added', () => {
  const { window, document } = page();
  const added = [window, document].map((target) => vi.spyOn(target, 'addEventListener'));
  for (const missing of ['window', 'document']) {
    vi.stubGlobal('window', window);
    vi.stubGlobal('document', document);
    vi.stubGlobal(missing, undefined);
    expect(onWake(() => undefined)()).toBeUndefined();
  }
  expect(added.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
});
