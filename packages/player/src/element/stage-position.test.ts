import { expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import type { Screen } from './screen.ts';
import { StagePosition } from './stage-position.ts';

/** A screen whose media is at a position, paused. */
function screenAt(currentTime: number, isBroken = false): Screen {
  const nothing = () => undefined;
  return {
    ...{ media: new FakeMedia(currentTime), isBroken, element: {} as HTMLElement, focusTarget: {} as HTMLElement },
    ...{ renew: () => false, reload: nothing, showCaptionsOf: nothing, dispose: nothing },
  };
}

test('it is that of the media, and 0 without a screen', () => {
  const position = new StagePosition();
  expect([position.of(undefined), position.of(screenAt(7)), position.of(screenAt(3))]).toEqual([0, 7, 3]);
});

test('a held position is reported until the media has reached it', () => {
  const position = new StagePosition();
  position.hold(20);
  expect([position.of(screenAt(0)), position.of(screenAt(21))]).toEqual([20, 21]);
  position.follow('timeupdate', screenAt(19.9));
  expect(position.of(screenAt(19.9))).toBe(20);
  position.follow('timeupdate', screenAt(20));
  expect(position.of(screenAt(5))).toBe(5);
});

test('a seek of the viewer and one of the page end the hold', () => {
  const position = new StagePosition();
  position.hold(20);
  position.follow('seeking', screenAt(5));
  expect(position.of(screenAt(5))).toBe(5);
  position.hold(20);
  position.seek(4);
  expect(position.of(screenAt(4))).toBe(4);
});

test('a failed source has the position at which it was last seen, or to which the page has sought since, or a later one', () => {
  const position = new StagePosition();
  position.follow('timeupdate', screenAt(20));
  expect(position.of(screenAt(0, true))).toBe(20);
  expect(position.of(screenAt(20.2, true))).toBe(20.2);
  position.seek(8);
  expect(position.of(screenAt(0, true))).toBe(8);
  expect(position.of(screenAt(1))).toBe(1);
});

test('a held position is reported while the media that is loaded seeks there', () => {
  const position = new StagePosition();
  position.hold(20);
  const screen = screenAt(0);
  const seek = vi.spyOn(screen.media, 'currentTime', 'set').mockReturnValue(undefined);
  position.follow('loadedmetadata', screen);
  expect([seek.mock.calls, position.of(screen)]).toEqual([[[20]], 20]);
});

test('a held position after the end is the end, once the duration is known', () => {
  const position = new StagePosition();
  position.hold(100);
  const screen = screenAt(0);
  expect(position.of({ ...screen, media: Object.assign(new FakeMedia(0), { duration: Number.NaN }) })).toBe(100);
  expect(position.of(screen)).toBe(60);
  position.follow('loadedmetadata', screen);
  expect([screen.media.currentTime, position.of(screen)]).toEqual([60, 60]);
  position.follow('timeupdate', screen);
  expect(position.of(screenAt(5))).toBe(5);
});
