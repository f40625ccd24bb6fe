import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { usePlaybackSession, VideoPlayer } from './index.ts';

test('on a server <VideoPlayer> is an empty element with its attributes, and logs nothing', () => {
  const logged = vi.spyOn(console, 'error');
  const props = { videoId: 'a', startAt: 7, autoPlay: true, muted: true, className: 'wide', texts: { play: 'Los' } };
  expect(renderToString(createElement(VideoPlayer, props))).toBe(
    '<video-storage-player video-id="a" start-at="7" autoplay="" muted="" class="wide"></video-storage-player>',
  );
  expect(logged).not.toHaveBeenCalled();
});

test('on a server usePlaybackSession makes no request, and has no session', () => {
  const getPlaybackUrl = vi.fn();
  function Followed() {
    return JSON.stringify(usePlaybackSession({ videoId: 'a', transport: { getPlaybackUrl } }));
  }
  expect(renderToString(createElement(Followed))).toBe('{}');
  expect(getPlaybackUrl).not.toHaveBeenCalled();
});
