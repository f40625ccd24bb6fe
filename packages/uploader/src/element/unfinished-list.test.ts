// @vitest-environment happy-dom
import { AccessError } from '@videostorage/core';
import { describe, expect, test, vi } from 'vitest';
import { ElementPage } from '../../test-support/element-page.ts';
import { ScriptedUploader } from '../../test-support/scripted-uploader.ts';

describe('unfinished uploads', () => {
  async function pageWithUnfinished(attributes: Readonly<Record<string, string>> = {}): Promise<ElementPage> {
    const page = new ElementPage(attributes);
    page.uploader.unfinished = [
      { uploadReference: 'r1', fileName: 'film.mp4', sizeBytes: 20_000_000, contextId: 'week-3' },
      { uploadReference: 'r2', fileName: 'other.mp4', sizeBytes: 1000, contextId: 'week-4' },
    ];
    page.element.setAttribute('context-id', attributes['context-id'] ?? 'week-3');
    // The list is loaded with the first of them.
    await vi.waitUntil(() => page.root.querySelector('[part=unfinished]'), { interval: 5, timeout: 20_000 });
    return page;
  }
  const shown = (page: ElementPage) =>
    [...page.root.querySelectorAll('[part=unfinished] [part=state]')].map((line) => line.textContent);

  test('of the same context are listed, each asking for its file', async () => {
    const page = await pageWithUnfinished();
    expect(shown(page)).toEqual(['“film.mp4” (20 MB): choose the same file to continue.']);
  });

  test('keep the focus among them when one is gone', async () => {
    const page = await pageWithUnfinished();
    const [first, second] = page.uploader.unfinished;
    if (first === undefined || second === undefined) throw new Error('There are two.');
    const later = { ...second, contextId: 'week-3' };
    const show = async (unfinished: typeof page.uploader.unfinished) => {
      page.uploader.unfinished = unfinished;
      page.element.setAttribute('context-id', 'week-3');
      await Promise.resolve();
    };
    const buttons = () => [...page.root.querySelectorAll<HTMLButtonElement>('[part=unfinished] button')];
    await show([first, later]);
    buttons()[3]?.focus();
    await show([later]);
    expect(page.root.activeElement?.getAttribute('aria-label')).toBe('Discard: other.mp4');
    await show([first, later]);
    buttons()[1]?.focus();
    await show([later]);
    expect(page.root.activeElement?.getAttribute('aria-label')).toBe('Choose the file: other.mp4');
  });

  test('of all contexts are listed where the element has none', async () => {
    const page = await pageWithUnfinished();
    page.element.removeAttribute('context-id');
    expect(shown(page)).toEqual([expect.stringContaining('film.mp4'), expect.stringContaining('other.mp4')]);
  });

  test('of an earlier context are not shown, even when the host app cannot be reached after the change', async () => {
    const page = await pageWithUnfinished();
    vi.spyOn(page.uploader, 'resumable').mockRejectedValue(new TypeError('Failed to fetch'));
    page.element.setAttribute('context-id', 'week-4');
    await Promise.resolve();
    expect(shown(page)).toEqual([expect.stringContaining('other.mp4')]);
    page.element.setAttribute('context-id', 'week-5');
    expect(shown(page)).toEqual([]);
  });

  test('are those of the new context even when another attribute is wrong', async () => {
    const page = await pageWithUnfinished();
    const set = (name: string, value: string) => () => page.element.setAttribute(name, value);
    expect(set('max-files', 'many')).toThrow(RangeError);
    expect(set('context-id', 'week-4')).toThrow(RangeError);
    expect(shown(page)).toEqual([expect.stringContaining('other.mp4')]);
  });

  test('of another queue are not shown, even when those of the new one cannot be requested', async () => {
    const page = await pageWithUnfinished();
    const other = new ScriptedUploader();
    vi.spyOn(other, 'resumable').mockRejectedValue(new TypeError('Failed to fetch'));
    page.element.uploader = other;
    expect(shown(page)).toEqual([]);
  });

  test('follow the answer to the last request, even when an earlier one is answered later', async () => {
    const page = await pageWithUnfinished();
    const { unfinished } = page.uploader;
    let answerLate = () => {};
    const late = new Promise<typeof unfinished>((resolve) => {
      answerLate = () => resolve(unfinished);
    });
    vi.spyOn(page.uploader, 'resumable').mockReturnValueOnce(late).mockResolvedValueOnce([]);
    for (let questions = 0; questions < 2; questions += 1) window.dispatchEvent(new Event('online'));
    await expect.poll(() => shown(page), { interval: 5 }).toEqual([]);
    answerLate();
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown(page)).toEqual([]);
  });

  test('are requested once when the network is back, however often the element was moved', async () => {
    const page = new ElementPage();
    for (let moves = 0; moves < 3; moves += 1) {
      document.body.append(page.element);
      await Promise.resolve();
    }
    const asked = vi.spyOn(page.uploader, 'resumable');
    window.dispatchEvent(new Event('online'));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test('have a heading and rows that can take the focus, and no more than one button of each kind', async () => {
    const page = await pageWithUnfinished();
    const list = page.root.querySelector('[part=unfinished]');
    const heading = page.root.getElementById(list?.getAttribute('aria-labelledby') ?? '');
    expect([heading?.getAttribute('part'), heading?.textContent]).toEqual(['heading', 'Not finished yet']);
    expect(heading?.parentElement?.hidden).toBe(false);
    const rows = [...(list?.children ?? [])].map((row) => [row.localName, row.getAttribute('tabindex')]);
    expect([list?.getAttribute('role'), rows]).toEqual(['list', [['li', '-1']]]);
    const buttons = [...page.root.querySelectorAll('[part=unfinished] [part=actions] button')];
    expect(buttons.map((each) => [each.getAttribute('type'), each.getAttribute('aria-label')])).toEqual([
      ...[
        ['button', 'Choose the file: film.mp4'],
        ['button', 'Discard: film.mp4'],
      ],
    ]);
    expect(page.root.querySelector('[part=unfinished] [part=state]')?.getAttribute('dir')).toBe('auto');
    expect(new ElementPage().root.querySelector('[part=heading]')).toBeNull();
  });

  test('continue with the file chosen for them; a file chosen by the main button begins a new upload', async () => {
    const page = await pageWithUnfinished();
    page.root.querySelector<HTMLButtonElement>('[part~=choose-again]')?.click();
    expect(page.root.querySelector('input')?.multiple).toBe(false);
    page.choose('film.mp4');
    page.choose('film.mp4');
    expect(page.uploader.uploads.map(({ options }) => options.uploadReference)).toEqual(['r1', undefined]);
  });

  test('continue with the first of several files that are dropped for them', async () => {
    const page = await pageWithUnfinished();
    page.root.querySelector<HTMLButtonElement>('[part~=choose-again]')?.click();
    page.choose('film.mp4', 'other.mp4');
    expect(page.uploader.uploads.map(({ options }) => options.uploadReference)).toEqual(['r1', undefined]);
  });

  test('are not continued by the next file when their file dialog was cancelled', async () => {
    const page = await pageWithUnfinished();
    page.root.querySelector<HTMLButtonElement>('[part~=choose-again]')?.click();
    page.root.querySelector('input')?.dispatchEvent(new Event('cancel'));
    page.choose('film.mp4');
    expect(page.uploader.uploads[0]?.options.uploadReference).toBeUndefined();
  });

  test('are no longer listed once they continue', async () => {
    const page = await pageWithUnfinished();
    page.choose('film.mp4');
    const [upload] = page.uploader.uploads;
    if (upload !== undefined) upload.uploadReference = 'r1';
    upload?.send(0.4);
    expect(shown(page)).toEqual([]);
    expect(page.root.querySelector<HTMLElement>('[part=heading]')?.parentElement?.hidden).toBe(true);
  });

  test('stay listed when the host app refuses to discard them, and the refusal is announced, and shown once', async () => {
    const page = await pageWithUnfinished();
    page.uploader.refusal = new AccessError('UNAUTHENTICATED');
    page.root.querySelector<HTMLButtonElement>('[part~=discard]')?.click();
    await expect
      .poll(() => page.root.querySelector('[part=announcements]')?.textContent)
      .toBe('You are not signed in. Please sign in, then try “film.mp4” again.');
    expect(shown(page)).toHaveLength(1);
    const asked = vi.spyOn(page.uploader, 'resumable');
    page.root.querySelector<HTMLButtonElement>('[part~=discard]')?.click();
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    const sentences = [...page.root.querySelectorAll('[part=list] [part=sentence]')].map((each) => each.textContent);
    expect(sentences).toEqual(['You are not signed in. Please sign in, then try “film.mp4” again.']);
    page.button('film.mp4', 'Remove').click();
    expect([page.names(), shown(page).length]).toEqual([[], 1]);
  });

  test('have a separate row for each refused discard until a later one succeeds, in addition to files refused with the same message', async () => {
    const page = await pageWithUnfinished({ 'max-videos': '1' });
    page.element.texts = { tooMany: () => 'No.', failures: { UNAUTHENTICATED: () => 'No.' } };
    page.element.removeAttribute('context-id');
    page.choose('third.mp4', 'fourth.mp4');
    const asked = vi.spyOn(page.uploader, 'resumable');
    const discard = async (row: number) => {
      asked.mockClear();
      page.root.querySelectorAll<HTMLButtonElement>('[part~=discard]')[row]?.click();
      await expect.poll(() => asked.mock.calls.length).toBe(1);
      return page.names();
    };
    page.uploader.refusal = new AccessError('UNAUTHENTICATED');
    expect(await discard(0)).toEqual(['third.mp4', 'fourth.mp4', 'film.mp4']);
    expect(await discard(1)).toEqual(['third.mp4', 'fourth.mp4', 'film.mp4', 'other.mp4']);
    page.element.texts = { failures: { UNAUTHENTICATED: () => 'Still no.' } };
    expect(await discard(0)).toEqual(['third.mp4', 'fourth.mp4', 'other.mp4', 'film.mp4']);
    page.uploader.refusal = undefined;
    asked.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    expect(await discard(0)).toEqual(['third.mp4', 'fourth.mp4', 'other.mp4']);
  });

  test('a refused removal of an upload is announced', async () => {
    const page = await pageWithUnfinished();
    page.choose('film.mp4');
    page.uploader.refusal = new AccessError('UNAUTHENTICATED');
    page.root.querySelector<HTMLButtonElement>('[part~=remove]')?.click();
    await expect.poll(() => page.root.querySelector('[part=announcements]')?.textContent).toMatch(/sign/i);
  });

  test('offer no file dialog while the element accepts no files, and can be discarded', async () => {
    const page = await pageWithUnfinished();
    const button = (part: string) => page.root.querySelector<HTMLButtonElement>(`[part~=${part}]`)?.disabled;
    page.element.setAttribute('disabled', '');
    expect([button('choose-again'), button('discard')]).toEqual([true, false]);
    page.element.removeAttribute('disabled');
    expect([button('choose-again'), button('discard')]).toEqual([false, false]);
  });

  test('move the focus to their row, not to the button that discards, when the element accepts no more files', async () => {
    const page = await pageWithUnfinished();
    page.root.querySelector<HTMLButtonElement>('[part~=choose-again]')?.focus();
    page.element.setAttribute('disabled', '');
    expect(page.root.activeElement?.localName).toBe('li');
  });

  test('have names for screen readers from texts that are set later', async () => {
    const page = await pageWithUnfinished();
    page.element.texts = { actionOn: ({ label, fileName }) => `${label} ${fileName}!` };
    expect(page.root.querySelector('[part~=discard]')?.getAttribute('aria-label')).toMatch(/film\.mp4!$/);
  });

  test('are shown after a later request when their list could not be loaded, and only once', async () => {
    const load = vi.fn(() => {
      throw new Error('Failed to fetch dynamically imported module');
    });
    vi.doMock('./unfinished-list.ts', load);
    const page = new ElementPage();
    page.uploader.unfinished = [{ uploadReference: 'r1', fileName: 'film.mp4', sizeBytes: 1 }];
    const look = async () => {
      window.dispatchEvent(new Event('online'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return page.root.querySelectorAll('[part=unfinished] li').length;
    };
    expect(await look()).toBe(0);
    page.choose('other.mp4');
    await vi.waitUntil(() => load.mock.calls.length > 0);
    load.mockClear();
    for (const share of [0.1, 0.2, 0.3]) {
      page.uploader.uploads[0]?.send(share);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(load).not.toHaveBeenCalled();
    vi.doUnmock('./unfinished-list.ts');
    // The second request is made before the list of the first has loaded.
    await expect.poll(() => Promise.all([look(), Promise.resolve().then(look)])).toEqual([1, 1]);
    expect(page.root.querySelectorAll('[part=heading]')).toHaveLength(1);
  });

  test('are discarded on request', async () => {
    const page = await pageWithUnfinished();
    page.root.querySelector<HTMLButtonElement>('[part~=discard]')?.click();
    await expect.poll(() => shown(page)).toEqual([]);
    expect(page.uploader.discarded).toEqual(['r1']);
  });
});
