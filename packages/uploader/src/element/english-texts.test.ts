import { describe, expect, test } from 'vitest';
import { ENGLISH_TEXTS, textsWith } from './english-texts.ts';

const progress = { fileName: 'film.mp4', sizeBytes: 2000, percent: 50, sentBytes: 1000 };

describe('sizes', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [5_000_000_000, '5 GB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (bytes, words) => {
    expect(ENGLISH_TEXTS.size(bytes)).toBe(words);
  });
});

describe('the time left', () => {
  test.each([
    [0, '1 s'],
    [59, '59 s'],
    [59.2, '60 s'],
    [60, '1 min'],
    [61, '2 min'],
    [3540, '59 min'],
    [3541, '1 h'],
    [5400, '1 h 30 min'],
  ])('%d seconds are %s', (secondsLeft, words) => {
    expect(ENGLISH_TEXTS.progress({ ...progress, bytesPerSecond: 0, secondsLeft })).toBe(`50 % · ${words} left`);
  });

  test('is omitted while it is not known', () => {
    expect(ENGLISH_TEXTS.progress({ ...progress, bytesPerSecond: 0 })).toBe('50 %');
    expect(ENGLISH_TEXTS.progressValue({ ...progress, bytesPerSecond: 0 })).toBe('50 percent, 1 kB of 2 kB');
  });
});

test('replaced texts are combined with the English ones', () => {
  const texts = textsWith({ choose: 'Pick', failures: { OTHER: () => 'No.' }, phases: { ready: 'Da' } });
  expect([texts.choose, texts.chooseOne]).toEqual(['Pick', ENGLISH_TEXTS.chooseOne]);
  expect([texts.phases.ready, texts.phases.failed]).toEqual(['Da', ENGLISH_TEXTS.phases.failed]);
  const words = { fileName: 'a.mp4', sizeBytes: 1, message: 'x', types: [] };
  expect(texts.failures.OTHER(words)).toBe('No.');
  expect(texts.failures['FILE_EMPTY']?.(words)).toBe('“a.mp4” is empty.');
});
