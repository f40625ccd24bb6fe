import { expect, test } from 'vitest';
import { createPlaybackSession } from './create-playback-session.ts';
import type { PlaybackSessionOptions } from './playback-session.ts';
import { createPlaybackTransport, type PlaybackTransportOptions } from './playback-transport.ts';

const videoId = '0'.repeat(32);
const transport = { getPlaybackUrl: () => Promise.reject(new Error('is not asked')) };

test.each([
  ['createPlaybackSession: `videoID` is not an option; do you mean `videoId`?', { transport, videoId, videoID: 'x' }],
  ['`transport` must be a transport, for instance createPlaybackTransport', { transport: '/api/video', videoId }],
  ['`videoId` must be the id of a video, a string', { transport }],
  ['`kind` must be ‘iframe’', { transport, videoId, kind: 'mp4' }],
  ['`signal` must be an AbortSignal', { transport, videoId, signal: new AbortController() }],
  ['`clock` must be a clock', { transport, videoId, clock: Date }],
  ['`random` must be a function', { transport, videoId, random: 0 }],
  ['`onWake` must be a function', { transport, videoId, onWake: 'focus' }],
])('a session is refused: %s', async (message, options: object) => {
  await expect(createPlaybackSession(options as PlaybackSessionOptions)).rejects.toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining(message.replaceAll(/[‘’]/g, "'")),
  });
});

test.each([
  ['createPlaybackTransport: `credential` is not an option; do you mean `credentials`?', { credential: 'include' }],
  ['`credentials` must be', { credentials: 'always' }],
  ['`headers` must be', { headers: 'Authorization: 1' }],
  ['`fetch` must be', { fetch: {} }],
])('a transport is refused: %s', (message, options) => {
  expect(() => createPlaybackTransport('/api/video', options as PlaybackTransportOptions)).toThrow(message);
});
