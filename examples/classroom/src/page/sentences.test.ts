import type { VideoMetadata } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import {
  describeDue,
  describeEvent,
  describeFile,
  describeState,
  nameOf,
  readableSize,
  readableTime,
  submittedAt,
} from './sentences.ts';

const NOW = Date.parse('2030-06-01T12:00:00.000Z');
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const video: VideoMetadata = {
  ...{ videoId: '1', backendName: 'local', status: 'ready', playable: true, createdAt: '2030-06-01T12:00:00.000Z' },
};

test.each([
  [1, '1 minute left'],
  [MINUTE, '1 minute left'],
  [MINUTE + 1, '2 minutes left'],
  [HOUR - 1, '60 minutes left'],
  [HOUR, '1 hour left'],
  [DAY - 1, '24 hours left'],
  [DAY, '1 day left'],
  [7 * DAY, '7 days left'],
])('%i ms before the deadline: %s', (leftMs, sentence) => {
  const dueAt = new Date(NOW + leftMs).toISOString();
  expect(describeDue({ id: 'a', title: 'A', dueAt }, NOW).split(' · ')[1]).toBe(sentence);
});

test.each([0, -1, -DAY])('%i ms before it, the assignment is closed', (leftMs) => {
  expect(describeDue({ id: 'a', title: 'A', dueAt: new Date(NOW + leftMs).toISOString() }, NOW)).toMatch(/^Closed on /);
});

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [999_000, '999 kB'],
  [1_000_000, '1.0 MB'],
  [99_940_000, '99.9 MB'],
  [100_000_000, '100 MB'],
  [1_000_000_000, '1.0 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(readableSize(bytes)).toBe(text);
});

test.each([
  [0.4, '0:00'],
  [59.6, '1:00'],
  [187, '3:07'],
])('%d seconds are %s', (seconds, text) => {
  expect(readableTime(seconds)).toBe(text);
});

test('a name is everything after the role; an erased person has none', () => {
  expect(['student:Ada', 'student:a:b', '', null, undefined].map(nameOf)).toEqual([
    ...['Ada', 'a:b', 'Someone', 'Someone', 'Someone'],
  ]);
});

describe('a video', () => {
  test('is described by the known facts', () => {
    expect(describeFile({ ...video, fileName: 'a.mp4', sizeBytes: 2_000_000 })).toBe('a.mp4 · 2.0 MB');
    expect([describeFile({ ...video, sizeBytes: 1000 }), describeFile(video)]).toEqual(['1 kB', '']);
    expect(submittedAt(video)).toMatch(/^1\sJun,\s\d\d:\d\d$/);
    expect(submittedAt({ ...video, uploadedAt: '2030-06-02T12:00:00.000Z' })).toMatch(/^2\sJun/);
  });

  test('that can be played has no status text; one that is processing or has failed has one', () => {
    expect(describeState(video)).toBeUndefined();
    expect(describeState({ ...video, status: 'processing', playable: false, progress: 0.399 })).toBe('Processing 39 %');
    expect(describeState({ ...video, status: 'processing' })).toBe('Ready to play; better quality is being prepared');
    const failure = { code: 'NOT_A_VIDEO', message: 'The file is not a video.' } as const;
    expect(describeState({ ...video, status: 'failed', playable: false, failure })).toBe('The file is not a video.');
  });
});

test('an event has the name of its user; an unknown event is shown by its event name', () => {
  const entry = { id: '1', at: video.createdAt, outcome: 'ok', userId: 'teacher:Ms Byron', recordId: '1' } as const;
  expect(describeEvent({ ...entry, event: 'playback.issued' })).toBe('Ms Byron watched');
  expect(describeEvent({ ...entry, event: 'video.delete_requested' })).toBe('Ms Byron deleted it');
  const replaced = { ...entry, event: 'video.delete_requested', userId: 'classroom:Classroom' };
  expect(describeEvent(replaced)).toBe('Replaced by a later video');
  // A person may have this name.
  expect(describeEvent({ ...replaced, userId: 'teacher:Classroom' })).toBe('Classroom deleted it');
  expect(describeEvent({ ...entry, event: 'toString' })).toBe('toString');
});
