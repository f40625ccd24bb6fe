import type { Playback } from '@videostorage/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import type { ScreenSettings } from './screen.ts';
import { Stage } from './stage.ts';

const page = new HappyPage();
afterAll(() => page.close());

/** An element of the page, whose events are the page's own, with what a media element has. */
function fakeMedia() {
  const media = Object.assign(document.createElement('div'), {
    ...{ currentTime: 0, duration: Number.NaN, paused: true, ended: false, volume: 1, muted: false, playbackRate: 1 },
    async play() {
      media.paused = false;
      media.dispatchEvent(new Event('play'));
    },
    pause() {
      media.paused = true;
      media.dispatchEvent(new Event('pause'));
    },
  });
  return media;
}

function fakeScreen(playback: Playback, settings: ScreenSettings) {
  const element = document.createElement('div');
  const media = fakeMedia();
  return {
    ...{ element, media, focusTarget: element, isBroken: false, playback, settings, isDisposed: false },
    renew: () => false,
    reload: () => undefined,
    showCaptionsOf: () => undefined,
    dispose() {
      this.isDisposed = true;
    },
  };
}

const grant = (name: string): Playback => ({
  ...{ videoId: 'v', kind: 'file', access: 'url', url: `https://cdn.example/${name}` },
  sources: [{ kind: 'file', url: `https://cdn.example/${name}`, mimeType: 'video/mp4' }],
  ...{ expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:59:00.000Z' },
});
const STATE = { startAt: 0, volume: 1, muted: false, playbackRate: 1 };

let screens: ReturnType<typeof fakeScreen>[];
let element: HTMLElement;
let stage: Stage;
const urls = () => screens.map(({ playback }) => playback.url);
const second = () => screens[1] ?? screens[0];

beforeEach(async () => {
  page.enter();
  screens = [];
  element = document.createElement('div');
  document.body.append(element);
  stage = new Stage(element, {
    open: async (_parent, playback, settings) => {
      const screen = fakeScreen(playback, settings);
      screens.push(screen);
      return screen;
    },
    settingsOf: () => ({ posterUrl: undefined, tracks: [], label: 'Video', preload: 'metadata' }),
    renewNow: async () => grant('renewed'),
    onMediaEvent: () => undefined,
    onWaiting: () => undefined,
    onUnplayable: () => undefined,
  });
  await stage.show(grant('first'), STATE);
  const [first] = screens;
  if (first) first.media.duration = 60;
  await stage.play();
});
afterEach(() => {
  stage.close();
  element.remove();
});

describe('a renewed source', () => {
  test('that the viewer’s hand keeps away is tried again when the hand is off', async () => {
    stage.renew(grant('second'));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
    element.dispatchEvent(new Event('pointerdown'));
    const screen = second();
    if (screen) screen.media.duration = 60;
    await vi.waitFor(() => expect(screen?.isDisposed).toBe(true));
    expect(screens).toHaveLength(2);
    window.dispatchEvent(new Event('pointerup'));
    await vi.waitFor(() => expect(urls()).toEqual(['first', 'second', 'second'].map((name) => grant(name).url)));
  });

  test('that cannot be played gives way at once to a newer one', async () => {
    stage.renew(grant('second'));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
    stage.renew(grant('third'));
    second()?.settings.onFailed();
    await vi.waitFor(() => expect(urls().at(-1)).toBe(grant('third').url));
    expect(second()?.isDisposed).toBe(true);
    expect(screens[0]?.isDisposed).toBe(false);
  });

  test('that cannot be played is not tried without end', async () => {
    stage.renew(grant('second'));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
    second()?.settings.onFailed();
    await vi.waitFor(() => expect(second()?.isDisposed).toBe(true));
    screens[0]?.media.dispatchEvent(new Event('playing'));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
  });
});

test('a play that loading has interrupted is made again when the source is loaded', async () => {
  const media = screens[0]?.media;
  if (media === undefined) throw new Error('no screen');
  media.pause();
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const playing = stage.play();
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  media.dispatchEvent(new Event('loadedmetadata'));
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(2));
  media.dispatchEvent(new Event('playing'));
  await expect(playing).resolves.toBeUndefined();
});

test('a play that waits for its source ends with a pause', async () => {
  const media = screens[0]?.media;
  if (media === undefined) throw new Error('no screen');
  const play = vi.spyOn(media, 'play').mockRejectedValueOnce(new DOMException('Loaded anew.', 'AbortError'));
  const playing = stage.play();
  const refused = expect(playing).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(play).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  stage.pause();
  await refused;
});
