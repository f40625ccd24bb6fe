import { beforeEach, expect, test, vi } from 'vitest';
import { UnloadGuard } from './unload-guard.ts';

let page: EventTarget;
beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});

/** Whether the browser asks before it leaves the page now. */
function asks(): boolean {
  return !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

test('the browser asks while the guard is on, however often it was switched on, and not while it is off', () => {
  const guard = new UnloadGuard();
  expect(asks()).toBe(false);
  guard.isOn = true;
  guard.isOn = true;
  expect(asks()).toBe(true);
  guard.isOn = false;
  expect(asks()).toBe(false);
  guard.isOn = true;
  expect(asks()).toBe(true);
});

test('it has one listener while it is on, and none while it is off', () => {
  const added = vi.fn();
  const removed = vi.fn();
  vi.stubGlobal('addEventListener', added);
  vi.stubGlobal('removeEventListener', removed);
  const guard = new UnloadGuard();
  guard.isOn = false;
  for (const isOn of [true, true, false, false]) guard.isOn = isOn;
  expect(added.mock.calls).toHaveLength(1);
  expect(removed.mock.calls).toEqual(added.mock.calls);
});

test('where there is no window it does nothing', () => {
  vi.stubGlobal('addEventListener', undefined);
  vi.stubGlobal('removeEventListener', undefined);
  const guard = new UnloadGuard();
  guard.isOn = true;
  guard.isOn = false;
});
