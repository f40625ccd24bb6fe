import type { Playback } from '@videostorage/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { cloudflareScreens } from './cloudflare-screen.ts';
import type { ScreenSettings } from './screen.ts';

const page = new HappyPage();
afterAll(() => page.close());
const SCRIPT = 'https://embed.example/sdk.js';
const PLAYER = 'https://customer-1.example/token-1/iframe';
const onFailed = vi.fn();
const SETTINGS: ScreenSettings = {
  ...{ posterUrl: undefined, tracks: [], label: 'Lesson 1', startAt: 0, volume: 1, muted: false, playbackRate: 1 },
  ...{ preload: 'metadata', onRefused: () => {}, onFailed },
};
const grant = (url: string): Playback => ({
  ...{ videoId: 'v', kind: 'iframe', access: 'url', url, sources: [{ kind: 'iframe', url, mimeType: 'text/html' }] },
  ...{ expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:59:00.000Z' },
});
/** The player that the embed script returns for a frame. */
const connect = vi.fn((_frame: HTMLIFrameElement) => Object.assign(document.createElement('div'), { src: '' }));

beforeEach(() => {
  page.enter();
  vi.stubGlobal('Stream', connect);
  vi.spyOn(document.head, 'append').mockImplementation((script) => {
    queueMicrotask(() => script instanceof HTMLElement && script.onload?.(new Event('load')));
  });
});
afterEach(() => {
  document.body.replaceChildren();
  vi.clearAllMocks();
});

async function open(url: string = PLAYER, over: Partial<ScreenSettings> = {}) {
  const screen = await cloudflareScreens(SCRIPT)(document.body, grant(url), { ...SETTINGS, ...over });
  const frame = document.body.querySelector('iframe');
  if (frame === null) throw new Error('There is no frame.');
  return { screen, frame };
}

describe('the frame of Cloudflare’s player', () => {
  test('T-L2: may run scripts of its own origin, and neither navigate the page nor open another, nor send forms', async () => {
    const { frame, screen } = await open();
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin allow-presentation');
    expect(frame.referrerPolicy).toBe('strict-origin-when-cross-origin');
    expect([frame.title, frame.className, frame.allowFullscreen]).toEqual(['Lesson 1', 'screen', true]);
    expect(frame.allow.split('; ')).toEqual(['autoplay', 'encrypted-media', 'fullscreen', 'picture-in-picture']);
    expect([screen.element, screen.focusTarget, screen.isBroken]).toEqual([frame, frame, false]);
    expect(connect).toHaveBeenCalledExactlyOnceWith(frame);
  });

  test.each([
    'javascript:window.hacked=1',
    'http://evil.example/iframe',
    'https://school.example/iframe',
    'blob:https://school.example/1',
  ])('T-L2: is not created for %s, and no script is loaded for it', async (url) => {
    await expect(open(url)).rejects.toThrow('The address of the player is not safe to be framed.');
    expect(document.body.childElementCount).toBe(0);
    expect(document.head.append).not.toHaveBeenCalled();
  });

  test('begins as the settings say', async () => {
    expect((await open()).frame.src).toBe(`${PLAYER}?preload=metadata`);
    const settings = {
      startAt: 12.349,
      muted: true,
      preload: 'auto',
      posterUrl: 'https://cdn.example/p.jpg?a=1&b=2',
    } as const;
    document.body.replaceChildren();
    const { searchParams } = new URL((await open(`${PLAYER}?theme=1`, settings)).frame.src);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{
        theme: '1',
        preload: 'auto',
        startTime: '12.34s',
        muted: 'true',
        poster: 'https://cdn.example/p.jpg?a=1&b=2',
      },
    });
  });

  test('reports that its source cannot be played, until it is removed', async () => {
    const { screen, frame } = await open();
    connect.mock.results[0]?.value.dispatchEvent(new Event('error'));
    expect(onFailed).toHaveBeenCalledTimes(1);
    screen.dispose();
    expect(frame.isConnected).toBe(false);
  });

  test('is not left in the page when its script fails', async () => {
    connect.mockImplementationOnce(() => {
      throw new Error('of the script');
    });
    await expect(cloudflareScreens(SCRIPT)(document.body, grant(PLAYER), SETTINGS)).rejects.toThrow('of the script');
    expect(document.body.childElementCount).toBe(0);
  });

  test('needs a new source for a renewed grant, because of its token', async () => {
    const { screen } = await open();
    expect(screen.renew(grant(PLAYER))).toBe(false);
    screen.reload(grant('https://customer-1.example/token%2D2/iframe'));
    expect(screen.media).toMatchObject({ src: 'token-2' });
    screen.reload(grant('https://customer-1.example/'));
    expect(screen.media).toMatchObject({ src: 'token-2' });
  });
});
