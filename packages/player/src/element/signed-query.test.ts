import type { Playback, PlaybackBase } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { withSignedQuery } from './signed-query.ts';

const SCOPE = 'https://cdn.example/videos/1/hls/';
const base: PlaybackBase = {
  ...{ videoId: '1', kind: 'hls', url: `${SCOPE}master.m3u8`, sources: [], renewAfter: '', expiresAt: '' },
};
const playback: Playback = {
  ...base,
  ...{ access: 'query', signedQuery: 'Policy=new~_-&Signature=s%2B&Key-Pair-Id=K', scopeUrl: SCOPE },
};
const SIGNED = 'Policy=new~_-&Signature=s%2B&Key-Pair-Id=K';

describe('the newest grant’s query', () => {
  test.each([
    ['master.m3u8', `master.m3u8?${SIGNED}`],
    ['a/b.ts?part=7', `a/b.ts?part=7&${SIGNED}`],
    ['b.ts?Policy=old&part=7&Signature=old&Key-Pair-Id=old', `b.ts?part=7&${SIGNED}`],
    ['b.ts?', `b.ts?${SIGNED}`],
    ['b.ts#t=1', `b.ts?${SIGNED}#t=1`],
  ])('is added to %s', (path, expected) => {
    expect(withSignedQuery(`${SCOPE}${path}`, playback)).toBe(`${SCOPE}${expected}`);
  });

  test.each([
    'https://cdn.example/videos/1/source.mp4',
    'https://cdn.example/videos/1/hls/../source.mp4',
    'https://cdn.example/videos/2/hls/a.ts',
    'https://cdn.example.evil.com/videos/1/hls/a.ts',
    'https://evil.com/?https://cdn.example/videos/1/hls/',
    'http://cdn.example/videos/1/hls/a.ts',
    'https://cdn.example:444/videos/1/hls/a.ts',
    'not a URL',
  ])('is not added to a URL outside its scope: %s', (url) => {
    expect(withSignedQuery(url, playback)).toBe(url);
  });

  test('is not added when URLs or cookies carry the grant, or the scope is invalid', () => {
    const url = `${SCOPE}a.ts`;
    expect(withSignedQuery(url, { ...base, access: 'url' })).toBe(url);
    expect(withSignedQuery(url, { ...base, access: 'cookies' })).toBe(url);
    expect(withSignedQuery(url, { ...base, access: 'query', signedQuery: 'x=1', scopeUrl: 'none' })).toBe(url);
  });
});
