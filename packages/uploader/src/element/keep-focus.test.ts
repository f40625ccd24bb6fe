// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { ElementPage } from '../../test-support/element-page.ts';

describe('H8: the focus is kept', () => {
  test('on the button that takes the place of the one that was pressed', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(0.2);
    page.button('film.mp4', 'Pause').focus();
    page.button('film.mp4', 'Pause').click();
    expect(page.root.activeElement).toBe(page.button('film.mp4', 'Resume'));
  });

  test('on the file itself, when only what cancels it is left: a key that is pressed too late does not', () => {
    const page = new ElementPage();
    page.choose('film.mp4');
    page.uploader.uploads[0]?.send(1);
    page.button('film.mp4', 'Pause').focus();
    page.uploader.uploads[0]?.enter('confirming');
    expect(page.labels('film.mp4')).toEqual(['Cancel']);
    expect(page.root.activeElement).toBe(page.row('film.mp4'));
  });

  test('on a button of the next row when a row goes away, then of the one before, then on the choice of files', () => {
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

  test('on the same button after a move, and on the other one at the end', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4', 'c.mp4');
    page.button('c.mp4', 'Move up').focus();
    page.button('c.mp4', 'Move up').click();
    expect(page.root.activeElement).toBe(page.button('c.mp4', 'Move up'));
    page.button('c.mp4', 'Move up').click();
    expect(page.root.activeElement).toBe(page.button('c.mp4', 'Move down'));
  });

  test('where it is, when something changes elsewhere', () => {
    const page = new ElementPage();
    page.choose('a.mp4', 'b.mp4');
    page.button('a.mp4', 'Remove').focus();
    page.uploader.uploads[1]?.send(0.5);
    page.uploader.uploads[1]?.enter('ready');
    expect(page.root.activeElement).toBe(page.button('a.mp4', 'Remove'));
  });

  test('nowhere, when it was nowhere', () => {
    const page = new ElementPage();
    page.choose('a.mp4');
    page.uploader.uploads[0]?.enter('ready');
    expect(page.root.activeElement).toBeNull();
  });
});
