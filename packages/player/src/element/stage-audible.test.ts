import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';
import type { Stage } from './stage.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;
let screens: StageScreen[];
let stage: Stage;
let heard: string[];
const urls = () => world.urls;
const run = (passedMs: number) => world.run(passedMs);

beforeEach(async () => {
  page.enter();
  world = await StageWorld.open();
  ({ screens, stage, heard } = world);
});
afterEach(() => world.close());

describe('while a renewed source becomes audible in place of the first', () => {
  beforeEach(() => stopTime());
  afterEach(() => vi.useRealTimers());
  const isBecomingAudible = async () => {
    const next = await world.renewTo('second');
    while (screens[0]?.media.muted === false) await run(10);
    expect(stage.media).toBe(screens[0]?.media);
    return next;
  };

  test('the page gets no events of this change of volume, and afterwards those of the viewer’s changes', async () => {
    const next = await isBecomingAudible();
    await run(500);
    expect(stage.media).toBe(next.media);
    expect(heard).not.toContain('volumechange');
    next.media.muted = true;
    await run(10);
    expect(heard).toContain('volumechange');
  });

  test('the page reads the volume that it has set, and a change meanwhile is kept', async () => {
    const next = await isBecomingAudible();
    expect([screens[0]?.media.muted, stage.muted]).toEqual([true, false]);
    stage.muted = true;
    const { media } = stage;
    if (media) media.volume = 0.3;
    expect(stage.muted).toBe(true);
    await run(500);
    expect(stage.media).toBe(next.media);
    expect([stage.muted, next.media.muted, next.media.volume]).toEqual([true, true, 0.3]);
    expect(heard.filter((type) => type === 'volumechange')).toHaveLength(1);
    stage.muted = false;
    expect(next.media.muted).toBe(false);
  });

  test('its speed and captions are those of the first one at the end, and it gets the focus', async () => {
    const next = await isBecomingAudible();
    const first = world.screen(0);
    const root = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' });
    root.append(first.focusTarget, next.focusTarget);
    for (const { focusTarget } of [first, next]) focusTarget.tabIndex = 0;
    first.focusTarget.focus();
    const shown = vi.spyOn(next, 'showCaptionsOf');
    first.media.playbackRate = 2;
    await run(500);
    expect(stage.media).toBe(next.media);
    expect([next.media.playbackRate, shown.mock.calls]).toEqual([2, [[first]]]);
    expect(root.activeElement).toBe(next.focusTarget);
    root.host.remove();
  });

  test('the position does not go back to that of a source which is a little behind', async () => {
    const next = await isBecomingAudible();
    next.media.currentTime -= 0.2;
    const positions: number[] = [];
    for (let look = 0; look < 50; look += 1) {
      positions.push(stage.currentTime);
      await run(10);
    }
    expect(stage.media).toBe(next.media);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  test('the viewer’s mute is kept although the source does not take over', async () => {
    const next = await isBecomingAudible();
    stage.muted = true;
    next.settings.onFailed();
    await run(500);
    expect([stage.media === screens[0]?.media, screens[0]?.media.muted]).toEqual([true, true]);
  });

  test('closing the stage removes both screens', async () => {
    await isBecomingAudible();
    stage.close();
    await run(500);
    expect(screens.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
    expect(stage.media).toBeUndefined();
  });

  test('a source that its player pauses because it fails is tried again, as it may sound', async () => {
    const next = await isBecomingAudible();
    next.media.pause();
    next.settings.onFailed();
    await run(2000);
    expect(urls()).toEqual(['first', 'second', 'second'].map((name) => grantOf(name).url));
  });

  test.each([
    [40, 'the page'],
    [0, 'the viewer'],
  ])('a seek to %d s by %s is kept: it takes over there', async (position, who) => {
    const first = world.screen(0);
    await run(3000);
    await isBecomingAudible();
    if (who === 'the page') stage.currentTime = position;
    else first.media.currentTime = position;
    first.media.dispatchEvent(new Event('seeking'));
    await run(200);
    expect(stage.media).toBe(first.media);
    for (const { media } of screens) media.duration = 60;
    await run(2000);
    for (const { media } of screens) media.duration = 60;
    await run(2000);
    expect(stage.currentTime).toBe(stage.media?.currentTime);
    expect(stage.currentTime).toBeGreaterThan(position + 3);
    expect(stage.currentTime).toBeLessThan(position + 6);
  });

  test('a source that fails does not take over', async () => {
    const next = await isBecomingAudible();
    next.settings.onFailed();
    await run(500);
    expect([next.isDisposed, screens[0]?.isDisposed, stage.media === screens[0]?.media]).toEqual([true, false, true]);
  });
});

test('a pause of the page that a player in a frame has not carried out yet is kept by the source that takes over', async () => {
  stopTime();
  for (let pausedAtMs = 350; pausedAtMs <= 500; pausedAtMs += 10) {
    const other = await StageWorld.open();
    const { media } = other.screen(0);
    const pause = media.pause.bind(media);
    media.pause = () => void setTimeout(pause, 20);
    await other.renewTo('second');
    await other.run(pausedAtMs);
    other.stage.pause();
    await other.run(2000);
    expect([pausedAtMs, other.stage.media?.paused]).toEqual([pausedAtMs, true]);
    other.close();
  }
  vi.useRealTimers();
});
