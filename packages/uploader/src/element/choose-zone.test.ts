// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { ElementPage } from '../../test-support/element-page.ts';
import { ChooseZone } from './choose-zone.ts';
import { textsWith } from './english-texts.ts';
import type { AcceptedFiles } from './own-queue.ts';

const texts = textsWith({});
const accepted: AcceptedFiles = { types: ['MP4'], maxSizeBytes: 5_000_000, dialog: 'video/*,.mp4' };

function shown(view: Partial<Parameters<ChooseZone['show']>[0]> = {}) {
  const zone = new ChooseZone();
  zone.show({ isSingle: false, isDisabled: false, accept: undefined, accepted: undefined, ...view }, texts);
  const textOf = (part: string) => zone.element.querySelector<HTMLElement>(`[part=${part}]`);
  return { ...zone, zone, drop: textOf('drop'), line: textOf('accepted') };
}

describe('the zone', () => {
  test('has a button, a place to drop files, and a hidden file dialog', () => {
    const { element, button, input, drop } = shown();
    expect(element.getAttribute('part')).toBe('zone');
    expect([button.getAttribute('part'), button.type, button.disabled]).toEqual(['choose', 'button', false]);
    expect([input.type, input.hidden, input.parentElement]).toEqual(['file', true, element]);
    expect([button.textContent, drop?.textContent]).toEqual([texts.choose, texts.drop]);
  });

  test('accepts one video or several, and none while it is disabled', () => {
    expect([shown().input.multiple, shown({ isSingle: true }).input.multiple]).toEqual([true, false]);
    expect(shown({ isSingle: true }).button.textContent).toBe(texts.chooseOne);
    expect(shown({ isDisabled: true }).button.disabled).toBe(true);
  });

  test('shows the accepted types and size once they are known', () => {
    expect([shown().line?.hidden, shown().line?.textContent]).toEqual([true, '']);
    const { line } = shown({ accepted });
    expect([line?.hidden, line?.textContent]).toEqual([false, texts.accepted(accepted)]);
  });

  test.each([
    [undefined, undefined, 'video/*'],
    [undefined, accepted, 'video/*,.mp4'],
    ['.webm', accepted, '.webm'],
    ['.webm', undefined, '.webm'],
  ])('with accept="%s" and %o, its dialog is for %s', (accept, known, dialog) => {
    expect(shown({ accept, accepted: known }).input.accept).toBe(dialog);
  });
});

describe('the file dialog', () => {
  function opened(page: ElementPage) {
    const input = page.root.querySelector('input');
    if (input === null) throw new Error('There is no file dialog.');
    const clicked = vi.spyOn(input, 'click').mockImplementation(() => undefined);
    page.root.querySelector<HTMLButtonElement>('[part=choose]')?.click();
    return { input, clicked };
  }

  test('is opened by the button, for several files', () => {
    const { input, clicked } = opened(new ElementPage());
    expect([clicked.mock.calls.length, input.multiple]).toEqual([1, true]);
  });

  test('is for one file where one video is accepted', () => {
    expect(opened(new ElementPage({ 'max-videos': '1' })).input.multiple).toBe(false);
  });
});
