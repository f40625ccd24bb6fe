import type { Playback } from '@videostorage/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import type { PlaybackTransport } from '../session/playback-transport.ts';
import type { ScreenSettings } from './screen.ts';
import type { VideoStoragePlayerElement } from './video-storage-player-element.ts';

/** A film that is loaded at once, in place of Video.js, which needs a browser: Chromium's tests have the real one. */
function fakeScreen(parent: HTMLElement, settings: ScreenSettings) {
  const media = Object.assign(document.createElement('div'), {
    ...{ currentTime: settings.startAt, duration: 60, paused: true, ended: false },
    ...{ volume: 1, muted: false, playbackRate: 1, tabIndex: 0 },
    async play() {
      media.paused = false;
      media.dispatchEvent(new Event('play'));
      media.dispatchEvent(new Event('playing'));
    },
    pause() {
      media.paused = true;
      media.dispatchEvent(new Event('pause'));
    },
  });
  parent.append(media);
  return {
    ...{ element: media, media, focusTarget: media, isBroken: false, settings },
    renew: () => false,
    reload: vi.fn(),
    showCaptionsOf: () => undefined,
    dispose: () => media.remove(),
  };
}

const screens: ReturnType<typeof fakeScreen>[] = [];
let canOpen = true;
vi.mock('./video-js-screen.ts', () => ({
  openVideoJsScreen: async (parent: HTMLElement, _playback: Playback, settings: ScreenSettings) => {
    if (!canOpen) throw new Error('The player cannot be loaded.');
    const screen = fakeScreen(parent, settings);
    screens.push(screen);
    return screen;
  },
}));

const page = new HappyPage();
const FILE = { kind: 'file', access: 'url', url: 'https://cdn.example/a.mp4' } as const;
const TIMES = { expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:00:00.000Z' };
const UNSAFE = [{ kind: 'file', url: 'javascript:1', mimeType: 'video/mp4' }] as const;
let grant: (videoId: string) => Playback;
let gate: Promise<void> | undefined;
const transport: PlaybackTransport = {
  getPlaybackUrl: async (videoId) => {
    await gate;
    return grant(videoId);
  },
};

beforeAll(async () => {
  page.enter();
  // The class is made of the page's own HTMLElement, which is there only now.
  vi.resetModules();
  (await import('./define-player-element.ts')).definePlayerElement();
});
beforeEach(() => {
  page.enter();
  screens.length = 0;
  canOpen = true;
  gate = undefined;
  grant = (videoId) => ({ videoId, ...FILE, ...TIMES, sources: [{ ...FILE, mimeType: 'video/mp4' }] });
});
afterEach(() => document.body.replaceChildren());
afterAll(() => page.close());

const turned = async () => {
  for (let round = 0; round < 30; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

async function put(attributes: Readonly<Record<string, string>> = {}): Promise<VideoStoragePlayerElement> {
  const player = document.createElement('video-storage-player');
  player.transport = transport;
  for (const [name, value] of Object.entries({ 'video-id': 'a', ...attributes })) player.setAttribute(name, value);
  document.body.append(player);
  await turned();
  return player;
}

async function change(player: VideoStoragePlayerElement, name: string, value: string): Promise<void> {
  player.setAttribute(name, value);
  await turned();
}

function last() {
  const screen = screens.at(-1);
  if (screen === undefined) throw new Error('There is no screen.');
  return screen;
}

function button(player: VideoStoragePlayerElement, part: string): HTMLElement {
  const found = player.shadowRoot?.querySelector<HTMLElement>(`[part=${part}]`);
  if (!found) throw new Error(`There is no ${part}.`);
  return found;
}

describe('the place', () => {
  test('is kept when the same video is asked for otherwise', async () => {
    const player = await put();
    last().media.currentTime = 25;
    await change(player, 'kind', 'file');
    expect(screens).toHaveLength(2);
    expect(last().settings.startAt).toBe(25);
  });

  test('is kept when the player cannot be loaded meanwhile', async () => {
    const player = await put();
    last().media.currentTime = 25;
    canOpen = false;
    await change(player, 'kind', 'file');
    expect(player.error).toBeDefined();
    canOpen = true;
    button(player, 'retry').click();
    await turned();
    expect(last().settings.startAt).toBe(25);
  });

  test('is no other video’s, and not the one of an earlier visit to this video', async () => {
    const player = await put();
    last().media.currentTime = 25;
    await change(player, 'video-id', 'b');
    expect(last().settings.startAt).toBe(0);
    await change(player, 'video-id', 'a');
    expect(last().settings.startAt).toBe(0);
  });

  test('is the beginning after the end', async () => {
    const player = await put();
    Object.assign(last().media, { currentTime: 60, ended: true });
    await change(player, 'kind', 'file');
    expect(last().settings.startAt).toBe(0);
  });
});

test('what was skipped is not seen, also after a restart', async () => {
  const player = await put();
  await player.play();
  const { media } = last();
  const standAt = (position: number, type: string) => {
    media.currentTime = position;
    media.dispatchEvent(new Event(type));
  };
  for (const position of [0, 2, 4, 6, 8, 10]) standAt(position, 'timeupdate');
  standAt(30, 'seeking');
  standAt(30, 'timeupdate');
  await change(player, 'kind', 'file');
  expect([player.seenUntil, last().settings.startAt]).toEqual([10, 30]);
});

test('what was seen is reported when the page closes; a player that was taken away listens no more', async () => {
  const listen = vi.spyOn(window, 'addEventListener');
  const player = await put();
  const reported: number[] = [];
  player.addEventListener('seen-until', ({ detail }) => reported.push(detail.seconds));
  await player.play();
  const { media } = last();
  for (const position of [0, 1, 2]) {
    media.currentTime = position;
    media.dispatchEvent(new Event('timeupdate'));
  }
  expect(reported).toEqual([]);
  window.dispatchEvent(new Event('pagehide'));
  expect(reported).toEqual([2]);
  window.dispatchEvent(new Event('pagehide'));
  expect(reported).toEqual([2]);
  player.remove();
  await turned();
  const kept = listen.mock.calls.filter(([type, , options]) => {
    return type === 'pagehide' && (typeof options !== 'object' || options?.signal?.aborted !== true);
  });
  expect([listen.mock.calls.length > 0, kept]).toEqual([true, []]);
});

test('a grant is not renewed any more once the player is out of the page', async () => {
  const asked = vi.spyOn(transport, 'getPlaybackUrl');
  const player = await put();
  expect(asked).toHaveBeenCalledTimes(1);
  const { signal } = asked.mock.calls[0]?.[2] ?? {};
  player.remove();
  window.dispatchEvent(new Event('online'));
  last().settings.onRefused();
  await turned();
  expect(asked).toHaveBeenCalledTimes(1);
  expect([player.renewals, player.playback, signal?.aborted]).toEqual([0, undefined, false]);
});

describe('whether it plays after a restart', () => {
  test('is what the browser’s own controls said last', async () => {
    const player = await put();
    await player.play();
    last().media.pause();
    await change(player, 'kind', 'file');
    expect(last().media.paused).toBe(true);
    await last().media.play();
    await change(player, 'kind', 'hls');
    expect(screens).toHaveLength(3);
    expect(last().media.paused).toBe(false);
  });

  test.each([{}, { autoplay: '' }])('a pause while the grant is awaited is a pause (%o)', async (attributes) => {
    let comes = () => {};
    gate = new Promise((resolve) => {
      comes = resolve;
    });
    const player = await put(attributes);
    const refused = expect(player.play()).rejects.toMatchObject({ name: 'AbortError' });
    player.pause();
    comes();
    await turned();
    await refused;
    expect(last().media.paused).toBe(true);
  });

  test('with autoplay it plays by itself', async () => {
    await put({ autoplay: '' });
    expect(last().media.paused).toBe(false);
  });
});

describe('the surface of an HTMLMediaElement', () => {
  test('is that of the screen once there is one', async () => {
    const player = await put();
    const { media } = last();
    Object.assign(player, { volume: 0.5, playbackRate: 2, currentTime: 7 });
    expect([media.volume, media.playbackRate, media.currentTime]).toEqual([0.5, 2, 7]);
    Object.assign(media, { volume: 0.25, playbackRate: 1.5, currentTime: 8, ended: true });
    expect([player.volume, player.playbackRate, player.currentTime]).toEqual([0.25, 1.5, 8]);
    expect([player.duration, player.paused, player.ended]).toEqual([60, true, true]);
    player.muted = true;
    expect([media.muted, player.muted]).toEqual([true, true]);
    await player.play();
    expect([media.paused, player.paused]).toEqual([false, false]);
    player.pause();
    expect([media.paused, player.paused]).toEqual([true, true]);
  });

  test('of a first screen is what was set before', async () => {
    gate = Promise.resolve();
    const player = document.createElement('video-storage-player');
    Object.assign(player, { transport, volume: 0.5, playbackRate: 2, currentTime: 7, videoId: 'a' });
    player.setAttribute('muted', '');
    document.body.append(player);
    const playing = player.play();
    await turned();
    await playing;
    expect(last().settings).toMatchObject({ volume: 0.5, playbackRate: 2, muted: true });
    expect([last().media.currentTime, last().media.paused]).toEqual([7, false]);
  });

  test('is kept while a screen is replaced: what the viewer set by the browser’s own controls too', async () => {
    const player = await put();
    Object.assign(last().media, { volume: 0.5, muted: true, playbackRate: 2 });
    await change(player, 'kind', 'file');
    expect(last().settings).toMatchObject({ volume: 0.5, muted: true, playbackRate: 2 });
  });

  test('refuses to play as the browser does', async () => {
    const reason = new DOMException('Not without a click.', 'NotAllowedError');
    const player = await put();
    last().media.play = () => Promise.reject(reason);
    await expect(player.play()).rejects.toBe(reason);
  });
});

test('poster and captions below the scope of a signed query carry it', async () => {
  const source = { kind: 'hls', url: 'https://cdn.example/v/a.m3u8' } as const;
  grant = (videoId) => ({
    ...{ videoId, ...source, ...TIMES, access: 'query', scopeUrl: 'https://cdn.example/v/', signedQuery: 'Sig=1' },
    sources: [{ ...source, mimeType: 'application/x-mpegURL' }],
    posterUrl: 'https://cdn.example/v/p.jpg',
    textTracks: [{ kind: 'captions', language: 'en', label: 'English', url: 'https://cdn.example/v/en.vtt' }],
  });
  await put();
  expect(last().settings.posterUrl).toBe('https://cdn.example/v/p.jpg?Sig=1');
  expect(last().settings.tracks[0]?.url).toBe('https://cdn.example/v/en.vtt?Sig=1');
});

describe('T-L2: a source that is not safe', () => {
  test('is not played, whatever the address of the grant', async () => {
    grant = (videoId) => ({ videoId, ...FILE, ...TIMES, sources: UNSAFE });
    const player = await put();
    expect(screens).toHaveLength(0);
    expect(player.error).toBeDefined();
  });

  test('of a renewed grant is not loaded, and the element says so', async () => {
    const player = await put();
    await player.play();
    const safe = grant;
    grant = (videoId) => ({ ...safe(videoId), sources: UNSAFE });
    const { reload, settings } = last();
    settings.onFailed();
    await vi.waitFor(() => expect(player.error).toBeDefined());
    expect(reload).not.toHaveBeenCalled();
    expect(button(player, 'retry').hidden).toBe(false);
  });
});

describe('the focus', () => {
  test.each([
    ['“Play video”', 'start', { preload: 'none' }],
    ['“Try again”', 'retry', {}],
  ])('goes from %s to the video', async (_name, part, attributes) => {
    canOpen = part === 'start';
    const player = await put(attributes);
    canOpen = true;
    button(player, part).focus();
    button(player, part).click();
    await turned();
    expect(player.shadowRoot?.activeElement).toBe(last().media);
  });

  test('goes from a video that ends to the button that tries again, and is not taken from elsewhere', async () => {
    const player = await put();
    const elsewhere = document.createElement('button');
    document.body.append(elsewhere);
    last().media.focus();
    canOpen = false;
    await change(player, 'kind', 'file');
    expect(player.error).toBeDefined();
    expect(player.shadowRoot?.activeElement).toBe(button(player, 'retry'));
    canOpen = true;
    button(player, 'retry').click();
    elsewhere.focus();
    await turned();
    expect(document.activeElement).toBe(elsewhere);
  });
});
