import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { MediaProgress } from './media-progress.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => vi.useRealTimers());

describe('a player that reports its position four times a second', () => {
  const reporting = (rate = 1) => {
    const media = new FakeMedia(10, true);
    media.playbackRate = rate;
    media.reportEvery(250);
    return media;
  };

  test.each([1, 2])('at speed %d the time since the last report is added', (rate) => {
    const media = reporting(rate);
    const progress = new MediaProgress(media);
    vi.advanceTimersByTime(900);
    expect(media.currentTime).toBe(10 + 0.75 * rate);
    expect(progress.position).toBeCloseTo(10 + 0.9 * rate, 3);
  });

  test('when a report is late, no more is added than the time between two', () => {
    const media = reporting();
    const progress = new MediaProgress(media);
    vi.advanceTimersByTime(750);
    media.stall();
    vi.advanceTimersByTime(400);
    expect(progress.position).toBeCloseTo(11, 3);
  });

  test('nothing is added when it has stalled, when it is paused, and at the end', () => {
    const media = reporting();
    const progress = new MediaProgress(media);
    vi.advanceTimersByTime(750);
    media.stall();
    vi.advanceTimersByTime(501);
    expect([progress.isStalled, progress.position]).toEqual([true, 10.75]);
    const paused = reporting();
    const other = new MediaProgress(paused);
    vi.advanceTimersByTime(600);
    paused.pause();
    vi.advanceTimersByTime(100);
    expect([other.isStalled, other.position]).toEqual([false, paused.currentTime]);
    const ending = reporting();
    const last = new MediaProgress(ending);
    vi.advanceTimersByTime(600);
    ending.duration = 10.55;
    expect(last.position).toBe(10.55);
  });

  test('after a pause no more is added either', () => {
    const media = reporting();
    const progress = new MediaProgress(media);
    vi.advanceTimersByTime(750);
    media.pause();
    vi.advanceTimersByTime(5000);
    void media.play();
    vi.advanceTimersByTime(250);
    media.stall();
    vi.advanceTimersByTime(400);
    expect(progress.position).toBeCloseTo(11.25, 3);
  });
});

test('after a pause, however long, a player has not stalled before half a second has passed', () => {
  const media = new FakeMedia(10);
  media.reportEvery(250);
  const progress = new MediaProgress(media);
  vi.advanceTimersByTime(5000);
  void media.play();
  vi.advanceTimersByTime(200);
  expect(progress.isStalled).toBe(false);
  media.stall();
  vi.advanceTimersByTime(800);
  expect(progress.isStalled).toBe(true);
});

test('to that of an element of the page nothing is added: it is always known', () => {
  class ElementOfThePage extends FakeMedia {}
  vi.stubGlobal('HTMLMediaElement', ElementOfThePage);
  const media = new ElementOfThePage(10, true);
  media.reportEvery(250);
  const progress = new MediaProgress(media);
  vi.advanceTimersByTime(900);
  expect(progress.position).toBe(10.75);
  vi.unstubAllGlobals();
});

test('a position that is always known is not changed', () => {
  const media = new FakeMedia(10, true);
  const progress = new MediaProgress(media);
  vi.advanceTimersByTime(333);
  expect(progress.position).toBe(media.currentTime);
});

test('the position of one that is not loaded yet is 0, however long it plays', () => {
  const media = new FakeMedia(0, true);
  media.duration = Number.NaN;
  const progress = new MediaProgress(media);
  for (const passedMs of [0, 100, 1000]) {
    vi.advanceTimersByTime(passedMs);
    expect(progress.position).toBe(0);
  }
});

test('it has stalled half a second after it was last seen to move, and not while it is paused', () => {
  const media = new FakeMedia(10, true);
  const progress = new MediaProgress(media);
  vi.advanceTimersByTime(1000);
  expect(progress.isStalled).toBe(false);
  media.stall();
  vi.advanceTimersByTime(500);
  expect(progress.isStalled).toBe(false);
  vi.advanceTimersByTime(1);
  expect(progress.isStalled).toBe(true);
  media.pause();
  expect(progress.isStalled).toBe(false);
});

test('its listeners are removed at the end', () => {
  const media = new FakeMedia(10, true);
  const progress = new MediaProgress(media);
  expect(media.listeners).toBe(2);
  progress.stop();
  expect(media.listeners).toBe(0);
});
