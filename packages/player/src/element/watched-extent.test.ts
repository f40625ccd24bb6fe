import { expect, test } from 'vitest';
import { WatchedExtent } from './watched-extent.ts';

function play(extent: WatchedExtent, from: number, to: number, rate = 1): number[] {
  const reported: number[] = [];
  for (let position = from; position <= to + 1e-9; position += 0.25 * rate) {
    const seconds = extent.playedAt(position, rate);
    if (seconds !== undefined) reported.push(seconds);
  }
  return reported;
}

test('grows with the watched part, and is reported after every five seconds of it', () => {
  const extent = new WatchedExtent();
  expect(play(extent, 0, 16)).toEqual([5, 10, 15]);
  expect(extent.seconds).toBe(16);
  expect(extent.report()).toBe(16);
  expect(extent.report()).toBeUndefined();
});

test('a skipped part does not count until it is watched from the point that was reached', () => {
  const extent = new WatchedExtent();
  play(extent, 0, 4);
  extent.seeked();
  play(extent, 30, 40);
  expect(extent.seconds).toBe(4);
  extent.seeked();
  play(extent, 10, 20);
  expect(extent.seconds).toBe(4);
  extent.seeked();
  play(extent, 3, 12);
  expect(extent.seconds).toBe(12);
});

test('a jump without an event does not count either', () => {
  const extent = new WatchedExtent();
  play(extent, 0, 4);
  extent.playedAt(7.1, 1);
  expect(extent.seconds).toBe(4);
  extent.seeked();
  play(extent, 4, 5);
  extent.playedAt(8, 1);
  expect(extent.seconds).toBe(8);
});

test('twice as fast, the steps are twice as long', () => {
  const extent = new WatchedExtent();
  extent.playedAt(0, 2);
  extent.playedAt(5.9, 2);
  expect(extent.seconds).toBe(5.9);
  extent.playedAt(12, 2);
  expect(extent.seconds).toBe(5.9);
});

test('begins where an earlier visit ended, and watching earlier parts changes nothing', () => {
  const extent = new WatchedExtent(100);
  expect(extent.report()).toBeUndefined();
  play(extent, 0, 50);
  expect(extent.seconds).toBe(100);
  extent.seeked();
  expect(play(extent, 100, 106)).toEqual([105]);
  extent.seeked();
  play(extent, 200, 210);
  expect(extent.report()).toBe(106);
});

test('an invalid position changes nothing', () => {
  const extent = new WatchedExtent();
  extent.playedAt(0, 1);
  expect(extent.playedAt(Number.NaN, 1)).toBeUndefined();
  expect(extent.playedAt(1, 1)).toBeUndefined();
  expect(extent.seconds).toBe(0);
});

test('a paused position just after the point that was reached does not count as watched', () => {
  const extent = new WatchedExtent(10);
  extent.playedAt(10.9, 1);
  extent.playedAt(10.9, 1);
  extent.playedAt(10.5, 1);
  expect(extent.seconds).toBe(10);
  extent.playedAt(10.6, 1);
  expect(extent.seconds).toBe(10.6);
});

test('a position after a seek does not continue the viewing, however near it is', () => {
  const extent = new WatchedExtent();
  play(extent, 0, 4);
  extent.playedAt(4.5, 1);
  expect(extent.seconds).toBe(4.5);
  extent.seeked();
  extent.playedAt(5.4, 1);
  expect(extent.seconds).toBe(4.5);
  extent.playedAt(5.5, 1);
  expect(extent.seconds).toBe(5.5);
});

test.each([
  [3, 1, 13],
  [3.01, 1, 10],
  [6, 2, 16],
  [3, 0.5, 13],
])('a step of %d s at speed %d counts as continuous viewing, or not: %d', (step, rate, seconds) => {
  const extent = new WatchedExtent(10);
  extent.playedAt(10, rate);
  extent.playedAt(10 + step, rate);
  expect(extent.seconds).toBe(seconds);
});

test('a paused or invalid position does not count as watched', () => {
  const extent = new WatchedExtent(10);
  for (const position of [10.5, 10.5, Number.NaN, 11, Number.POSITIVE_INFINITY, 11.5]) extent.playedAt(position, 1);
  expect(extent.seconds).toBe(10);
  extent.playedAt(12, 1);
  expect(extent.seconds).toBe(10);
});
