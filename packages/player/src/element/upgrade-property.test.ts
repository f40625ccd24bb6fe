import { afterAll, beforeEach, expect, test } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { upgradeProperty } from './upgrade-property.ts';

const page = new HappyPage();
beforeEach(() => page.enter());
afterAll(() => page.close());

test('a property that hides the accessor of its class is set again by it', () => {
  const element = document.createElement('p');
  Object.defineProperty(element, 'title', { value: 'Lesson', configurable: true });
  expect(element.hasAttribute('title')).toBe(false);
  upgradeProperty(element, 'title');
  expect([element.getAttribute('title'), Object.hasOwn(element, 'title')]).toEqual(['Lesson', false]);
});

test('a property that was not set is not changed', () => {
  const element = document.createElement('p');
  upgradeProperty(element, 'title');
  expect(element.hasAttribute('title')).toBe(false);
});
