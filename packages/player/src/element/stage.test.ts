import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, type StageMedia, type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';
import type { Stage } from './stage.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;
let screens: StageScreen[];
let element: HTMLElement;
let stage: Stage;
let heard: string[];
const urls = () => world.urls;
const second = () => screens[1] ?? screens[0];
const run = (passedMs: number) => world.run(passedMs);

beforeEach(async () => {
  page.enter();
  world = await StageWorld.open();
  ({ screens, element, stage, heard } = world);
});
afterEach(() => world.close());

describe('a renewed source', () => {
  // A menu on the video opens under the pressed button, and the page may not get the event of its release.
  test.each(['pointerup', 'contextmenu'])(
    'that a pressed pointer delays is tried again after the release (%s)',
    async (off) => {
      stage.renew(grantOf('second'));
      await vi.waitFor(() => expect(screens).toHaveLength(2));
      element.dispatchEvent(new Event('pointerdown'));
      const screen = second();
      if (screen) screen.media.duration = 60;
      await vi.waitFor(() => expect(screen?.isDisposed).toBe(true));
      expect(screens).toHaveLength(2);
      window.dispatchEvent(new Event(off));
      await vi.waitFor(() => expect(urls()).toEqual(['first', 'second', 'second'].map((name) => grantOf(name).url)));
    },
  );

  test('that the system’s own full screen delays is tried again when the video is back in the page', async () => {
    const { focusTarget } = world.screen(0);
    element.append(focusTarget);
    Object.assign(focusTarget, { webkitPresentationMode: 'fullscreen' });
    stage.renew(grantOf('second'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(screens).toHaveLength(1);
    Object.assign(focusTarget, { webkitPresentationMode: 'inline' });
    focusTarget.dispatchEvent(new Event('webkitpresentationmodechanged', { bubbles: false }));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
  });

  test('that cannot be played is replaced at once by a newer one', async () => {
    stage.renew(grantOf('second'));
    await vi.waitFor(() => expect(screens).toHaveLength(2));
    stage.renew(grantOf('third'));
    second()?.settings.onFailed();
    await vi.waitFor(() => expect(urls().at(-1)).toBe(grantOf('third').url));
    expect(second()?.isDisposed).toBe(true);
    expect(screens[0]?.isDisposed).toBe(false);
  });

  describe('that cannot be played', () => {
    const failLast = async () => {
      screens.at(-1)?.settings.onFailed();
      await vi.advanceTimersByTimeAsync(50);
    };
    beforeEach(async () => {
      stopTime();
      stage.renew(grantOf('second'));
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
      expect(urls()).toEqual(['first', 'second', 'second', 'second'].map((name) => grantOf(name).url));
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

    test('is replaced by a newer one without a pause', async () => {
      stage.renew(grantOf('third'));
      await vi.advanceTimersByTimeAsync(0);
      expect(urls().at(-1)).toBe(grantOf('third').url);
      await failLast();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(urls().filter((url) => url === grantOf('second').url)).toHaveLength(1);
    });

    test('is not tried again when the source is reloaded with a newer grant', async () => {
      screens[0]?.settings.onFailed();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(screens[0]?.reload).toHaveBeenCalledWith(grantOf('renewed'));
      expect(screens).toHaveLength(2);
    });

    test('is not tried again when the stage is closed', async () => {
      stage.close();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(screens).toHaveLength(2);
    });
  });

  test('that comes at the end of the film waits, and is used when the film is played again', async () => {
    stopTime();
    const [first] = screens;
    const next = await world.renewTo('second');
    // Before it has taken over.
    Object.assign(first?.media ?? {}, { ended: true, currentTime: 60 });
    await run(500);
    expect([next.isDisposed, next.media.paused, screens.length]).toEqual([true, true, 2]);
    await run(60_000);
    expect(screens).toHaveLength(2);
    Object.assign(first?.media ?? {}, { ended: false, currentTime: 0, paused: false });
    first?.media.dispatchEvent(new Event('play'));
    await vi.advanceTimersByTimeAsync(0);
    expect(urls()).toEqual(['first', 'second', 'second'].map((name) => grantOf(name).url));
    vi.useRealTimers();
  });

  test('that takes over from one that the viewer has paused stays paused when it is reloaded, also before the pause is reported', async () => {
    stopTime();
    const next = await world.renewTo('second');
    await run(50);
    // The event follows when the other one has taken over.
    Object.assign(screens[0]?.media ?? {}, { paused: true });
    await run(1000);
    expect([stage.media === next.media, next.media.paused]).toEqual([true, true]);
    next.reload.mockImplementationOnce(() => {
      setTimeout(() => next.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    next.settings.onFailed();
    await run(1000);
    expect([next.reload.mock.calls.length, next.media.paused]).toEqual([1, true]);
    vi.useRealTimers();
  });

  test('that fails to become audible leaves the page’s own setting as it is', async () => {
    stopTime();
    const reportError = vi.fn();
    vi.stubGlobal('reportError', reportError);
    const failure = new TypeError('The player is broken.');
    const next = await world.renewTo('second');
    Object.defineProperty(next.media, 'volume', {
      set: () => {
        throw failure;
      },
    });
    await run(1000);
    expect(reportError).toHaveBeenCalledExactlyOnceWith(failure);
    expect([next.isDisposed, stage.muted, screens[0]?.media.muted]).toEqual([true, false, false]);
    stage.muted = true;
    expect(screens[0]?.media.muted).toBe(true);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  describe('that the browser does not allow to sound without a click', () => {
    beforeEach(() => stopTime());
    afterEach(() => vi.useRealTimers());

    /** As Chromium does, at once, and as WebKit does, a moment later. */
    function stopWhenUnmuted(media: StageMedia | undefined, afterMs: number): void {
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

    test.each([0, 20, 100])('keeps the first one playing, with its sound (stopped after %d ms)', async (afterMs) => {
      const next = await world.renewTo('second');
      stopWhenUnmuted(next?.media, afterMs);
      await run(2000);
      const [first] = screens;
      expect(next?.isDisposed).toBe(true);
      expect([first?.isDisposed, first?.media.paused, first?.media.muted]).toEqual([false, false, false]);
      expect(heard.filter((type) => type === 'pause' || type === 'volumechange')).toEqual([]);
      // Neither do the next renewals, before the viewer has touched the video.
      await world.renewTo('third');
      await run(6000);
      expect(screens).toHaveLength(2);
      element.dispatchEvent(new Event('keydown'));
      const again = await world.renewTo('fourth');
      await run(2000);
      expect([screens.length, stage.media === again?.media]).toEqual([3, true]);
    });

    test('is not tried again at once with a newer grant that arrived meanwhile', async () => {
      const next = await world.renewTo('second');
      stopWhenUnmuted(next.media, 100);
      while (screens[0]?.media.muted === false) await run(10);
      stage.renew(grantOf('third'));
      await run(6000);
      expect([screens.length, next.isDisposed, screens[0]?.media.paused]).toEqual([2, true, false]);
      element.dispatchEvent(new Event('keydown'));
      screens[0]?.media.dispatchEvent(new Event('playing'));
      await run(10);
      expect(urls().at(-1)).toBe(grantOf('third').url);
    });

    test('takes over when the first one is muted', async () => {
      const [first] = screens;
      if (first) first.media.muted = true;
      const next = await world.renewTo('second');
      stopWhenUnmuted(next?.media, 20);
      await run(2000);
      expect([stage.media === next?.media, next?.media.muted, next?.media.paused]).toEqual([true, true, false]);
    });

    test('does not keep a later one, of a muted video, from being tried again when that fails', async () => {
      const next = await world.renewTo('second');
      stopWhenUnmuted(next.media, 20);
      await run(1500);
      expect([next.isDisposed, screens.length]).toEqual([true, 2]);
      stage.muted = true;
      const third = await world.renewTo('third');
      third.settings.onFailed();
      await run(3000);
      expect(urls()).toEqual(['first', 'second', 'third', 'third'].map((name) => grantOf(name).url));
    });

    test('is not confused with a viewer who pauses at this moment', async () => {
      const next = await world.renewTo('second');
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
      expect(screens.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
      void stage.play();
      await run(2000);
      expect(stage.media?.paused).toBe(false);
      expect(urls()).toEqual(['first', 'second'].map((name) => grantOf(name).url));
    });
  });

  test('becomes audible only when it takes over, as loud as the first', async () => {
    stopTime();
    try {
      const [first] = screens;
      if (first) first.media.volume = 0.4;
      stage.renew(grantOf('second'));
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

test('a renewed source that waits at the end of the film is used when the viewer seeks back in one that goes on playing', async () => {
  stopTime();
  const { media } = world.screen(0);
  const next = await world.renewTo('second');
  Object.assign(media, { ended: true, currentTime: 60 });
  await run(500);
  expect([next.isDisposed, screens.length]).toEqual([true, 2]);
  Object.assign(media, { ended: false, currentTime: 20 });
  media.dispatchEvent(new Event('seeking'));
  await vi.advanceTimersByTimeAsync(0);
  expect(urls()).toEqual(['first', 'second', 'second'].map((name) => grantOf(name).url));
  vi.useRealTimers();
});
