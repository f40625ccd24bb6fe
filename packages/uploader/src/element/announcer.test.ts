// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { ElementPage } from '../../test-support/element-page.ts';
import { Announcer } from './announcer.ts';

describe('announcements to screen readers', () => {
  test('name each phase once and each quarter once, not each percent', () => {
    const page = new ElementPage();
    const heard: (string | null)[] = [];
    const region = page.root.querySelector('[role=status]');
    const append = region?.append.bind(region);
    if (region === null || append === undefined) throw new Error('There is no live region.');
    region.append = (...nodes) => {
      for (const node of nodes) heard.push(typeof node === 'string' ? node : node.textContent);
      append(...nodes);
    };
    page.choose('film.mp4');
    const [upload] = page.uploader.uploads;
    for (const phase of ['checking', 'asking'] as const) upload?.enter(phase);
    for (let percent = 0; percent <= 100; percent += 1) upload?.send(percent / 100);
    for (const phase of ['confirming', 'processing', 'processing', 'ready'] as const) upload?.enter(phase);
    expect(heard).toEqual([
      'film.mp4: Waiting.',
      'film.mp4: Uploading.',
      'film.mp4: 25 %.',
      'film.mp4: 50 %.',
      'film.mp4: 75 %.',
      'film.mp4: Uploaded. The video is being processed.',
      'film.mp4: Ready.',
    ]);
  });

  test('are made in one polite live region, which keeps the last four', () => {
    const page = new ElementPage();
    page.choose(...Array.from({ length: 9 }, (_, index) => `${index}.mp4`));
    expect(page.root.querySelectorAll('[aria-live]').length).toBe(1);
    expect(page.root.querySelector('[aria-live]')?.getAttribute('aria-live')).toBe('polite');
    expect(page.announced()).toEqual(['5.mp4: Waiting.', '6.mp4: Waiting.', '7.mp4: Waiting.', '8.mp4: Waiting.']);
  });
});

test('the region is polite, reads only additions, and repeats no line', () => {
  const announcer = new Announcer();
  const names = ['part', 'role', 'aria-live', 'aria-atomic', 'class'];
  expect(names.map((name) => announcer.region.getAttribute(name))).toEqual([
    ...['announcements', 'status', 'polite', 'false', 'unseen'],
  ]);
  for (const sentence of ['a', '', 'b', 'b', 'a']) announcer.say(sentence);
  const lines = () => [...announcer.region.children].map(({ textContent }) => textContent);
  expect(lines()).toEqual(['a', 'b', 'a']);
  announcer.say('c');
  announcer.say('d');
  expect(lines()).toEqual(['b', 'a', 'c', 'd']);
});
