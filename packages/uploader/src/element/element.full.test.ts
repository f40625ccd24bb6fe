import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtures } from '@videostorage/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrowserPage, type ChosenFile } from '../../test-support/browser-page.ts';
import { hasChromium, launchChromium } from '../../test-support/chromium.ts';
import { ElementHost } from '../../test-support/element-host.ts';
import { filmBytes } from '../../test-support/film.ts';

const HOSTILE_NAME = `"'><img src=x onerror=alert(1)>${'long'.repeat(30)}.mp4`;
/** Bytes per second: the large film takes a minute, enough for the rest of the test on any machine. */
const SLOW = 50_000;
let host: ElementHost;
let browser: Browser;
let small: Buffer;
let large: Buffer;
let folder: string;
/** On disk, so that it is the same file when it is chosen again. */
let harbour: string;

beforeAll(async () => {
  host = await ElementHost.open();
  browser = await launchChromium();
  small = Buffer.from(await fixtures.moovFirst.read());
  large = Buffer.from(await filmBytes(3_000_000));
  folder = await mkdtemp(join(tmpdir(), 'videostorage-element-files-'));
  harbour = join(folder, 'harbour.mp4');
  await writeFile(harbour, large);
});
afterAll(async () => {
  await browser?.close();
  await host?.close();
  await rm(folder, { recursive: true, force: true });
});

function film(name: string, buffer = small): ChosenFile {
  return { name, mimeType: 'video/mp4', buffer };
}

const notes: ChosenFile = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Not a video.') };

describe.skipIf(!hasChromium)('the element in Chromium, over real routes', () => {
  test('uploads a chosen video and shows that it is ready; a text file is refused by name', async () => {
    const page = await BrowserPage.open(browser, host.url);
    await page.pick(film('harbour.mp4'), notes);
    await page.says('harbour.mp4', /^Ready/);
    await page.says('notes.txt', /“notes\.txt” is not a video that is accepted here\. Please choose MP4/);
    await page.close();
  });

  test.each(['light', 'dark'] as const)(
    'has no serious violation according to axe-core, in %s',
    async (colorScheme) => {
      const page = await BrowserPage.open(browser, host.url, { colorScheme, attributes: { 'max-files': '1' } });
      await page.pick(film('done.mp4'), notes);
      await page.says('done.mp4', /^Ready/);
      await page.limitUpload(SLOW);
      await page.pick(film('sending.mp4', large), film('waiting-1.mp4'), film('waiting-2.mp4'));
      await page.says('sending.mp4', /Uploading · [1-9]/);
      await page.says('notes.txt', /is not a video/);
      expect(await page.seriousFaults()).toEqual([]);
      await page.close();
    },
  );

  test('fits into 320 pixels without horizontal scrolling, whatever a file is called', async () => {
    const page = await BrowserPage.open(browser, host.url, { viewport: { width: 320, height: 640 } });
    await page.limitUpload(SLOW);
    await page.pick(film(HOSTILE_NAME, large), notes, film(`${'x'.repeat(200)}.mp4`));
    await page.says('notes.txt', /is not a video/);
    const widths = await page.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(widths).toEqual([320, 320]);
    expect(await page.seriousFaults()).toEqual([]);
    await page.close();
  });

  test('is styled in another document too, and in its first one again', async () => {
    const page = await BrowserPage.open(browser, host.url);
    const displays = await page.page.evaluate(() => {
      const element = document.querySelector('video-storage-uploader');
      const frame = document.body.appendChild(document.createElement('iframe'));
      const zone = element?.shadowRoot?.querySelector('[part=zone]');
      const displayIn = (body: HTMLElement | undefined) => {
        if (!element || !zone) return undefined;
        body?.append(element);
        return zone.ownerDocument.defaultView?.getComputedStyle(zone).display;
      };
      return [document.body, frame.contentDocument?.body, document.body].map(displayIn);
    });
    expect(displays).toEqual(['flex', 'flex', 'flex']);
    await page.close();
  });

  test('T-L1: a hostile file name is text', async () => {
    const page = await BrowserPage.open(browser, host.url);
    await page.pick({ ...notes, name: HOSTILE_NAME, mimeType: 'text/plain' }, film('"><script>alert(2)</script>.mp4'));
    await page.says(HOSTILE_NAME, /./);
    expect(await page.page.locator('img, [part=list] script').count()).toBe(0);
    await page.close();
  });

  test('can be used with the keyboard alone: the focus stays near when buttons and rows disappear', async () => {
    const page = await BrowserPage.open(browser, host.url, { attributes: { 'max-files': '1' } });
    await page.limitUpload(SLOW);
    await page.page.keyboard.press('Tab');
    await page.focusIs('Choose videos');
    await page.page.keyboard.press('Enter');
    const chooser = await page.dialog();
    expect(chooser.isMultiple()).toBe(true);
    await chooser.setFiles([film('one.mp4', large), film('two.mp4'), film('three.mp4')]);
    await page.says('one.mp4', /Uploading/);
    await page.focusIs('Choose videos');

    for (const label of ['Pause: one', 'Cancel: one', 'Move down: two', 'Remove: two', 'Move up: three']) {
      await page.page.keyboard.press('Tab');
      await page.focusIs(`${label}.mp4`);
    }
    await page.page.keyboard.press('Enter');
    await page.focusIs('Move down: three.mp4');
    expect(await page.page.locator('[part=name]').allTextContents()).toEqual(['one.mp4', 'three.mp4', 'two.mp4']);
    await page.page.keyboard.press('Tab');
    await page.focusIs('Remove: three.mp4');
    await page.page.keyboard.press('Enter');
    await page.focusIs('Remove: two.mp4');
    await page.page.keyboard.press('Enter');
    await page.focusIs('Pause: one.mp4');

    await page.page.keyboard.press('Enter');
    await page.focusIs('Resume: one.mp4');
    await page.says('one.mp4', /Paused/);
    await page.page.keyboard.press('Space');
    await page.focusIs('Pause: one.mp4');

    await page.limitUpload(-1);
    // The focused button disappears without a key press: the row gets the focus.
    await page.says('one.mp4', /^Ready/);
    await page.focusIs('file: one.mp4');
    await page.page.keyboard.press('Tab');
    await page.focusIs('Remove: one.mp4');
    await page.page.keyboard.press('Enter');
    await page.focusIs('Choose videos');
    await page.close();
  });

  test.each(['drop', 'paste'] as const)('accepts two files by %s', async (way) => {
    const page = await BrowserPage.open(browser, host.url);
    await page.page.evaluate(
      ({ type, bytes }) => {
        const data = new DataTransfer();
        for (const name of ['one.mp4', 'two.mp4']) {
          data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'video/mp4' }));
        }
        const common = { bubbles: true, cancelable: true, composed: true };
        const zone = document.querySelector('video-storage-uploader')?.shadowRoot?.querySelector('[part=drop]');
        if (type === 'paste') document.body.dispatchEvent(new ClipboardEvent(type, { ...common, clipboardData: data }));
        else zone?.dispatchEvent(new DragEvent(type, { ...common, dataTransfer: data }));
      },
      { type: way, bytes: [...small] },
    );
    await page.says('one.mp4', /^Ready/);
    await page.says('two.mp4', /^Ready/);
    await page.close();
  });

  test('files dragged over the page beside the element are refused, dragged text is not', async () => {
    const page = await BrowserPage.open(browser, host.url);
    const held = await page.page.evaluate(() => {
      const element = document.querySelector('video-storage-uploader') ?? document.body;
      const hold = (target: Element, kind: 'file' | 'text') => {
        const dataTransfer = new DataTransfer();
        if (kind === 'file') dataTransfer.items.add(new File(['x'], 'x.mp4'));
        else dataTransfer.setData('text/plain', 'x');
        const event = new DragEvent('dragover', { bubbles: true, cancelable: true, composed: true, dataTransfer });
        target.dispatchEvent(event);
        const zone = element.shadowRoot?.querySelector('[part=zone]');
        const isOver = zone?.hasAttribute('data-over');
        zone?.removeAttribute('data-over');
        return [event.defaultPrevented, isOver];
      };
      const field = Object.assign(document.createElement('input'), { type: 'file' });
      document.body.append(field);
      return [
        hold(document.body, 'file'),
        hold(element, 'file'),
        hold(element, 'text'),
        hold(document.body, 'text'),
        hold(field, 'file'),
      ];
    });
    expect(held).toEqual([
      [true, false],
      [true, true],
      [false, false],
      [false, false],
      // Another file field of the page still accepts files.
      [false, false],
    ]);
    await page.close();
  });

  test('shows that there is no connection, and continues when there is one', async () => {
    const page = await BrowserPage.open(browser, host.url);
    await page.limitUpload(SLOW);
    await page.pick(film('harbour.mp4', large));
    await page.says('harbour.mp4', /Uploading · [1-9]/);
    await page.page.context().setOffline(true);
    await page.says('harbour.mp4', /No connection\. The upload continues/);
    await page.page.context().setOffline(false);
    await page.limitUpload(-1);
    await page.says('harbour.mp4', /^Ready/);
    await page.close();
  });

  test('asks for the same file after a reload, and continues its upload', async () => {
    const page = await BrowserPage.open(browser, host.url);
    await page.limitUpload(SLOW);
    await page.page.locator('video-storage-uploader input').setInputFiles(harbour);
    await page.says('harbour.mp4', /Uploading · [1-9]/);
    await page.page.reload();
    const unfinished = page.page.locator('[part=unfinished] li');
    await unfinished.waitFor();
    expect(await unfinished.locator('[part=state]').textContent()).toBe(
      '“harbour.mp4” (3 MB): choose the same file to continue.',
    );
    expect(await page.seriousFaults()).toEqual([]);
    await page.limitUpload(-1);
    await unfinished.getByText('Choose the file').click();
    await (await page.dialog()).setFiles(harbour);
    await page.says('harbour.mp4', /^Ready/);
    expect(await unfinished.count()).toBe(0);
    await page.close();
  });

  test('has no transition when reduced motion is preferred', async () => {
    const durations = async (reducedMotion: 'reduce' | 'no-preference') => {
      const page = await BrowserPage.open(browser, host.url, { reducedMotion });
      await page.pick(notes);
      await page.says('notes.txt', /./);
      const fill = page.row('notes.txt').locator('[part=fill]');
      const duration = await fill.evaluate((element) => getComputedStyle(element).transitionDuration);
      await page.close();
      return duration;
    };
    expect([await durations('reduce'), await durations('no-preference')]).toEqual(['0s', '0.2s']);
  });

  test('announces a real upload in at most eight lines', async () => {
    const page = await BrowserPage.open(browser, host.url);
    await page.page.evaluate(() => {
      const region = document.querySelector('video-storage-uploader')?.shadowRoot?.querySelector('[role=status]');
      const announced: string[] = [];
      Object.assign(window, { announced });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) announced.push(node.textContent ?? '');
      }).observe(region ?? document.body, { childList: true });
    });
    await page.limitUpload(2_000_000);
    await page.pick(film('harbour.mp4', large));
    await page.says('harbour.mp4', /^Ready/);
    const announced = await page.page.evaluate<readonly string[]>('window.announced');
    expect(announced.at(0)).toMatch(/^harbour\.mp4: (Waiting|Uploading)\.$/);
    expect(announced.at(-1)).toBe('harbour.mp4: Ready.');
    expect(announced.length).toBeLessThanOrEqual(8);
    await page.close();
  });
});
