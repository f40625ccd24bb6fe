import { describe, expect, test } from 'vitest';
import { TestClock } from '../test-support/test-clock.ts';
import { DeletionProgress } from './deletion-progress.ts';

const KEPT_MS = 12 * 60 * 60 * 1000;
const setUp = () => {
  const clock = new TestClock(Date.UTC(2026, 10, 24));
  return { clock, progress: new DeletionProgress(clock) };
};

describe('what a process knows of a deletion', () => {
  test('is the last step of that video, for twelve hours', () => {
    const { clock, progress } = setUp();
    progress.note('a', 'hidden');
    expect([progress.of('a'), progress.of('b')]).toEqual(['hidden', undefined]);
    clock.advance(KEPT_MS - 1);
    expect(progress.of('a')).toBe('hidden');
    progress.note('a', { purged: true, retained: true });
    clock.advance(KEPT_MS - 1);
    expect(progress.of('a')).toEqual({ purged: true, retained: true });
    clock.advance(1);
    expect(progress.of('a')).toBeUndefined();
  });

  test('is not used after the clock was set back', () => {
    const { clock, progress } = setUp();
    progress.note('a', 'hidden');
    clock.advance(-1);
    expect(progress.of('a')).toBeUndefined();
  });

  test('is kept for the last ten thousand videos', () => {
    const { progress } = setUp();
    for (let number = 0; number < 10_000; number++) progress.note(`${number}`, 'hidden');
    progress.note('0', { purged: true });
    progress.note('10000', 'hidden');
    expect([progress.of('0'), progress.of('1'), progress.of('2'), progress.of('10000')]).toEqual([
      ...[{ purged: true }, undefined, 'hidden', 'hidden'],
    ]);
  });
});
