// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { ElementPage } from '../../test-support/element-page.ts';

describe('the focus', () => {
  test('moves to the button that replaces the pressed one', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0.2);
    page.button('film.mp4', 'Pause').focus();
    page.button('film.mp4', 'Pause').click();
    expect(page.root.activeElement).toBe(page.button('film.mp4', 'Resume'));
  });

  test('moves to the row when only its cancel button is left, so that a late key press does not cancel', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(1);
    page.button('film.mp4', 'Pause').focus();
    page.uploader.uploads[0]?.enter('confirming');
    expect(page.labels('film.mp4')).toEqual(['Cancel']);
    expect(page.root.activeElement).toBe(page.row('film.mp4'));
  });

  test('moves to the next row when a row is removed, then to the one before, then to “Choose videos”', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    for (const upload of page.uploader.uploads) upload.enter('ready');
    for (const [name, next] of [
      ['b.mp4', 'c.mp4'],
      ['c.mp4', 'a.mp4'],
    ] as const) {
      page.button(name, 'Remove').focus();
      page.button(name, 'Remove').click();
      expect(page.root.activeElement).toBe(page.button(next, 'Remove'));
    }
    page.button('a.mp4', 'Remove').click();
    expect(page.root.activeElement).toBe(page.root.querySelector('[part=choose]'));
  });

  test('stays on the button that moves a row, and moves to the opposite one at the end of the list', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    page.button('c.mp4', 'Move up').focus();
    page.button('c.mp4', 'Move up').click();
    expect(page.root.activeElement).toBe(page.button('c.mp4', 'Move up'));
    page.button('c.mp4', 'Move up').click();
    expect(page.root.activeElement).toBe(page.button('c.mp4', 'Move down'));
  });

  test('stays where it is when another row changes', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4');
    page.button('a.mp4', 'Remove').focus();
    page.uploader.uploads[1]?.send(0.5);
    page.uploader.uploads[1]?.enter('ready');
    expect(page.root.activeElement).toBe(page.button('a.mp4', 'Remove'));
  });

  test('is not moved when it was outside the element', () => {
    const page = new ElementPage();
    page.choose('a.mp4');
    page.uploader.uploads[0]?.enter('ready');
    expect(page.root.activeElement).toBeNull();
  });
});
