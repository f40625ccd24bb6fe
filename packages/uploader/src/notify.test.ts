import { expect, test } from 'vitest';
import { notify } from './notify.ts';

test('a listener that another one unsubscribes is not called any more, even for the same change', () => {
  const heard: string[] = [];
  const last = () => heard.push('last');
  const first = () => {
    heard.push('first');
    listeners.delete(last);
  };
  const listeners = new Set([first, last]);
  notify(listeners, undefined);
  expect(heard).toEqual(['first']);
});

test('a listener that subscribes itself again, or another one, is called once for a change, and the other one for the next', () => {
  const heard: string[] = [];
  const other = () => heard.push('other');
  const again = () => {
    if (heard.push('again') > 5) return;
    listeners.delete(again);
    listeners.add(again);
    listeners.add(other);
  };
  const listeners = new Set([again]);
  notify(listeners, undefined);
  expect(heard).toEqual(['again']);
  notify(listeners, undefined);
  expect(heard).toEqual(['again', 'again', 'other']);
});
