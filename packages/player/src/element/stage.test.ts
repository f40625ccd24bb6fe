import type { Playback } from '@videostorage/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import type { ScreenSettings } from './screen.ts';
import { Stage } from './stage.ts';

const page = new HappyPage();
afterAll(() => page.close());

/** An element of the page, whose events are the page's own, with what a media element has. */
function fakeMedia() {
  let position = 0;
  const media = Object.assign(document.createElement('div'), {
    /** As the time of the test passes. */
    move(seconds: number) {
      if (!media.paused) position += seconds * media.playbackRate;
    },
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
  Object.defineProperty(media, 'currentTime', {
    get: () => position,
    set: (seconds: number) => {
      position = seconds;
      setTimeout(() => media.dispatchEvent(new Event('seeked')), 0);
    },
  });
  return media;
}

function fakeScreen(playback: Playback, settings: ScreenSettings) {
  const element = document.createElement('div');
  const media = Object.assign(fakeMedia(), { muted: settings.muted });
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

/** Time passes, and what plays moves on. */
async function run(passedMs: number): Promise<void> {
  for (let at = 0; at < passedMs; at += 10) {
    for (const { media, isDisposed } of screens) {
      if (!isDisposed) media.move(10 / 1000);
    }
    await vi.advanceTimersByTimeAsync(10);
  }
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
let heard: string[];
const urls = () => screens.map(({ playback }) => playback.url);
const second = () => screens[1] ?? screens[0];

beforeEach(async () => {
  page.enter();
  screens = [];
  heard = [];
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
    onMediaEvent: ({ type }) => heard.push(type),
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

  describe('that cannot be played', () => {
    const failLast = async () => {
      screens.at(-1)?.settings.onFailed();
      await vi.advanceTimersByTimeAsync(50);
    };
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
      stage.renew(grant('second'));
      await vi.advanceTimersByTimeAsync(0);
      expect(screens).toHaveLength(2);
      await failLast();
    });
    afterEach(() => vi.useRealTimers());

    test('is tried again after a second and after four more, and then no more', async () => {
      expect([second()?.isDisposed, screens[0]?.isDisposed]).toEqual([true, false]);
      await vi.advanceTimersByTimeAsync(900);
      expect(screens).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(100);
      expect(screens).toHaveLength(3);
      await failLast();
      await vi.advanceTimersByTimeAsync(3900);
      expect(screens).toHaveLength(3);
      await vi.advanceTimersByTimeAsync(100);
      expect(screens).toHaveLength(4);
      await failLast();
      screens[0]?.media.dispatchEvent(new Event('playing'));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(urls()).toEqual(['first', 'second', 'second', 'second'].map((name) => grant(name).url));
      expect(screens.map(({ isDisposed }) => isDisposed)).toEqual([false, true, true, true]);
    });

    test('takes over when it can be played the second time', async () => {
      await vi.advanceTimersByTimeAsync(1000);
      const third = screens[2];
      if (third) third.media.duration = 60;
      await run(1000);
      expect([screens[0]?.isDisposed, third?.isDisposed, stage.media === third?.media]).toEqual([true, false, true]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(screens).toHaveLength(3);
    });

    test('gives way to a newer one without a pause', async () => {
      stage.renew(grant('third'));
      await vi.advanceTimersByTimeAsync(0);
      expect(urls().at(-1)).toBe(grant('third').url);
      await failLast();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(urls().filter((url) => url === grant('second').url)).toHaveLength(1);
    });

    test('is not tried again beside a source that is loaded anew in its place, whose grant is newer', async () => {
      const reload = vi.fn();
      Object.assign(screens[0] ?? {}, { reload });
      screens[0]?.settings.onFailed();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(reload).toHaveBeenCalledWith(grant('renewed'));
      expect(screens).toHaveLength(2);
    });

    test('is not tried again when the stage is closed', async () => {
      stage.close();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(screens).toHaveLength(2);
    });
  });

  describe('that the browser does not let sound without a click', () => {
    beforeEach(() =>
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }),
    );
    afterEach(() => vi.useRealTimers());

    /** As Chromium does, at once, and as WebKit does, a moment later. */
    function stopWhenUnmuted(media: ReturnType<typeof fakeMedia> | undefined, afterMs: number): void {
      if (media === undefined) return;
      let muted = true;
      Object.defineProperty(media, 'muted', {
        get: () => muted,
        set: (value: boolean) => {
          if (muted && !value) {
            if (afterMs === 0) media.pause();
            else setTimeout(() => media.pause(), afterMs);
          }
          muted = value;
        },
      });
    }

    async function renewTo(name: string): Promise<ReturnType<typeof fakeScreen> | undefined> {
      stage.renew(grant(name));
      await vi.advanceTimersByTimeAsync(0);
      const screen = screens.at(-1);
      if (screen && screen !== screens[0]) screen.media.duration = 60;
      return screen;
    }

    test.each([0, 20, 100])('keeps the first one playing, with its sound (stopped after %d ms)', async (afterMs) => {
      const next = await renewTo('second');
      stopWhenUnmuted(next?.media, afterMs);
      await run(2000);
      const [first] = screens;
      expect(next?.isDisposed).toBe(true);
      expect([first?.isDisposed, first?.media.paused, first?.media.muted]).toEqual([false, false, false]);
      expect(heard.filter((type) => type === 'pause' || type === 'volumechange')).toEqual([]);
      // Nor by the next renewals, before the viewer has touched the video.
      await renewTo('third');
      await run(6000);
      expect(screens).toHaveLength(2);
      element.dispatchEvent(new Event('keydown'));
      const again = await renewTo('fourth');
      await run(2000);
      expect([screens.length, stage.media === again?.media]).toEqual([3, true]);
    });

    test('takes over where the first one is muted', async () => {
      const [first] = screens;
      if (first) first.media.muted = true;
      const next = await renewTo('second');
      stopWhenUnmuted(next?.media, 20);
      await run(2000);
      expect([stage.media === next?.media, next?.media.muted, next?.media.paused]).toEqual([true, true, false]);
    });

    test('is not confused with a viewer who pauses at this moment', async () => {
      const next = await renewTo('second');
      let isPaused = false;
      Object.defineProperty(next?.media ?? {}, 'muted', {
        get: () => false,
        set: (muted: boolean) => {
          if (muted || isPaused) return;
          isPaused = true;
          setTimeout(() => stage.pause(), 20);
        },
      });
      await run(8000);
      expect(stage.media?.paused).toBe(true);
      expect(screens.map(({ isDisposed }) => isDisposed)).toEqual([false, true]);
      void stage.play();
      await vi.advanceTimersByTimeAsync(0);
      expect(urls().at(-1)).toBe(grant('second').url);
    });
  });

  test('is heard only when it takes over, and as loud as the first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    try {
      const [first] = screens;
      if (first) first.media.volume = 0.4;
      stage.renew(grant('second'));
      await vi.advanceTimersByTimeAsync(0);
      const next = second();
      if (next) next.media.duration = 60;
      expect([next?.settings.muted, next?.element.inert, next?.element.hasAttribute('data-waiting')]).toEqual([
        ...[true, true, true],
      ]);
      await run(2000);
      expect([next?.media.muted, next?.media.volume]).toEqual([false, 0.4]);
      expect([next?.element.inert, next?.element.hasAttribute('data-waiting')]).toEqual([false, false]);
      expect([first?.isDisposed, stage.media === next?.media]).toEqual([true, true]);
    } finally {
      vi.useRealTimers();
    }
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
