import { AccessError, type Playback, VideoNotFoundError } from '@videostorage/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { change, ElementWorld, FILE, partOf, TIMES, turned } from '../../test-support/element-world.ts';
import { MEDIA_EVENTS } from './media-surface.ts';
import { ENGLISH_TEXTS } from './player-texts.ts';
import type { ScreenSettings } from './screen.ts';

const world = new ElementWorld();
vi.mock('./video-js-screen.ts', () => ({
  openVideoJsScreen: (parent: HTMLElement, _playback: Playback, settings: ScreenSettings) =>
    world.open(parent, settings),
}));

beforeAll(() => world.define());
beforeEach(() => world.enter());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});
afterAll(() => world.page.close());

test.each([
  ['12.5', 12.5],
  ['-1', 0],
  ['soon', 0],
  ['Infinity', 0],
])('with start-at="%s" it begins at %d s, and the part before counts as watched', async (startAt, seconds) => {
  const player = await world.put({ 'start-at': startAt });
  expect([world.last().settings.startAt, player.seenUntil]).toEqual([seconds, seconds]);
});

describe('a renewal', () => {
  test('dispatches an event that listeners outside of the player’s shadow tree hear', async () => {
    const player = await world.put();
    const renewed: unknown[] = [];
    document.body.addEventListener('renewed', (event) => {
      if (event instanceof CustomEvent) renewed.push([event.composed, event.detail]);
    });
    world.last().settings.onRefused();
    await turned();
    expect(renewed).toEqual([[true, { renewals: 1, access: 'url', expiresAt: TIMES.expiresAt }]]);
    expect([player.renewals, player.playback?.videoId]).toEqual([1, 'a']);
  });

  test.each([
    [new AccessError('UNAUTHENTICATED'), ENGLISH_TEXTS.signedOut],
    [new VideoNotFoundError(), ENGLISH_TEXTS.ended],
  ])('that the host app refuses (%s) ends the video, with a message and an event', async (error, sentence) => {
    const player = await world.put();
    const ended: unknown[] = [];
    player.addEventListener('ended-by-host', ({ detail }) => ended.push(detail));
    world.last().media.currentTime = 25;
    const { settings } = world.last();
    const granting = world.grant;
    world.grant = () => {
      throw error;
    };
    settings.onRefused();
    await turned();
    expect(ended).toEqual([{ error, position: 25 }]);
    expect([player.error, partOf(player, 'text').textContent]).toEqual([error, sentence]);
    expect(player.shadowRoot?.activeElement ?? null).toBeNull();
    world.grant = granting;
    partOf(player, 'retry').click();
    await turned();
    expect([player.error, world.last().settings.startAt]).toEqual([undefined, 25]);
  });
});

test('while it waits for another grant, it shows a message after a second and a half, until the grant arrives', async () => {
  const player = await world.put();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let comes = () => {};
  world.gate = new Promise((resolve) => {
    comes = resolve;
  });
  const { settings, media } = world.last();
  settings.onFailed();
  vi.advanceTimersByTime(1499);
  expect(partOf(player, 'notice').hidden).toBe(true);
  vi.advanceTimersByTime(1);
  expect(partOf(player, 'text').textContent).toBe(ENGLISH_TEXTS.waiting);
  expect([partOf(player, 'retry').hidden, partOf(player, 'text').getAttribute('role')]).toEqual([true, 'status']);
  vi.useRealTimers();
  comes();
  await turned();
  media.dispatchEvent(new Event('loadedmetadata'));
  await turned();
  media.dispatchEvent(new Event('seeked'));
  await turned();
  expect(partOf(player, 'notice').hidden).toBe(true);
});

test.each([
  ['playing', 2, 0, true],
  ['playing', 1, 0, false],
  ['playing', 2, 640, false],
  ['canplay', 2, 0, false],
])(
  'at %s, with readyState %i and %i pixels of width, it shows a message that there is no picture: %s',
  async (...given) => {
    const [type, readyState, videoWidth, isSaid] = given;
    const player = await world.put();
    const { media } = world.last();
    vi.stubGlobal('HTMLVideoElement', { [Symbol.hasInstance]: (value: unknown) => value === media });
    vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 });
    Object.assign(media, { readyState, videoWidth });
    media.dispatchEvent(new Event(type));
    expect(partOf(player, 'text').textContent).toBe(isSaid ? ENGLISH_TEXTS.noPicture : '');
    if (isSaid) expect(partOf(player, 'text').getAttribute('role')).toBe('alert');
    expect(partOf(player, 'retry').hidden).toBe(true);
  },
);

test('the events of the screen are the player’s', async () => {
  const player = await world.put();
  const heard: string[] = [];
  for (const type of MEDIA_EVENTS) player.addEventListener(type, () => heard.push(type));
  for (const type of MEDIA_EVENTS) world.last().media.dispatchEvent(new Event(type));
  // The volume has not changed.
  expect(heard).toEqual(MEDIA_EVENTS.filter((type) => type !== 'volumechange'));
});

describe('what a screen shows in addition to the video', () => {
  const tracks = ['/en.vtt', 'javascript:1'].map(
    (url) => ({ kind: 'captions', language: 'en', label: 'English', url }) as const,
  );
  /** As in browsers: the poster is the attribute. */
  const videoWithPoster = () => {
    const video = document.createElement('video');
    return Object.defineProperty(video, 'poster', {
      get: () => video.getAttribute('poster') ?? '',
      set: (posterUrl: string) => video.setAttribute('poster', posterUrl),
    });
  };
  const withPoster = (videoId: string): Playback => ({
    ...{ videoId, ...FILE, ...TIMES, sources: [{ ...FILE, mimeType: 'video/mp4' }] },
    ...{ posterUrl: 'https://cdn.example/p.jpg', textTracks: tracks },
  });

  test('is the grant’s poster, its safe captions, and the name of the player', async () => {
    world.grant = withPoster;
    await world.put();
    expect(world.last().settings).toMatchObject({
      ...{ posterUrl: 'https://cdn.example/p.jpg', label: ENGLISH_TEXTS.player, preload: 'metadata' },
      tracks: [{ ...tracks[0], url: 'https://school.example/en.vtt' }],
    });
  });

  test('is the poster that the page sets while it is loaded or plays, and the grant’s again without one', async () => {
    world.grant = withPoster;
    const player = await world.put({ preload: 'none' });
    const video = videoWithPoster();
    const open = world.open.bind(world);
    vi.spyOn(world, 'open').mockImplementationOnce(async (parent, settings) => {
      player.setAttribute('poster', '/early.jpg');
      parent.append(video);
      video.poster = settings.posterUrl ?? '';
      return open(parent, settings);
    });
    await player.play();
    expect(video.poster).toBe('https://school.example/early.jpg');
    await change(player, 'poster', '/late.jpg');
    expect([video.poster, world.screens.length]).toEqual(['https://school.example/late.jpg', 1]);
    await change(player, 'poster', 'javascript:1');
    expect(video.hasAttribute('poster')).toBe(false);
    player.removeAttribute('poster');
    expect(video.poster).toBe('https://cdn.example/p.jpg');
  });

  test('is the page’s own poster and name when it sets them', async () => {
    world.grant = withPoster;
    await world.put({ poster: '/own.jpg', label: 'Lesson 1' });
    expect(world.last().settings).toMatchObject({ posterUrl: 'https://school.example/own.jpg', label: 'Lesson 1' });
    await world.put({ label: '' });
    expect(world.last().settings).toMatchObject({ label: ENGLISH_TEXTS.player });
  });
});

test('T-L2: a script of Cloudflare’s player that is not safe is not loaded', async () => {
  const source = { kind: 'iframe', url: 'https://customer-1.example/token/iframe' } as const;
  world.grant = (videoId) => ({
    ...{ videoId, ...source, ...TIMES, access: 'url', sources: [{ ...source, mimeType: 'text/html' }] },
  });
  const loaded = vi.spyOn(document.head, 'append');
  const player = await world.put({ 'embed-script-url': 'http://evil.example/sdk.js' });
  expect([player.error, loaded.mock.calls]).toMatchObject([{ code: 'BACKEND_BAD_RESPONSE' }, []]);
});

describe('the surface of an HTMLMediaElement', () => {
  test('is not muted by a restart while a renewed source becomes audible', async () => {
    const player = await world.put();
    await player.play();
    const first = world.last();
    first.media.duration = Number.NaN;
    const open = world.open.bind(world);
    vi.spyOn(world, 'open').mockImplementationOnce(async (parent, settings) => {
      const screen = await open(parent, settings);
      const { media } = world.last();
      media.play = async () => void Object.assign(media, { paused: false, currentTime: 0.1 });
      return screen;
    });
    first.settings.onRefused();
    await vi.waitFor(() => expect(first.media.muted).toBe(true));
    await change(player, 'kind', 'file');
    expect([world.screens.length, world.last().settings.muted]).toEqual([3, false]);
  });

  test('is that of the screen when there is one', async () => {
    const player = await world.put();
    const { media } = world.last();
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

  test('of a first screen has the values set before', async () => {
    world.gate = Promise.resolve();
    const player = document.createElement('video-storage-player');
    Object.assign(player, { transport: world.transport, volume: 0.5, playbackRate: 2, currentTime: 7, videoId: 'a' });
    player.setAttribute('muted', '');
    document.body.append(player);
    const playing = player.play();
    await turned();
    await playing;
    expect(world.last().settings).toMatchObject({ volume: 0.5, playbackRate: 2, muted: true });
    expect([world.last().media.currentTime, world.last().media.paused]).toEqual([7, false]);
    world.last().media.currentTime = 25;
    await change(player, 'kind', 'file');
    expect(world.last().media.currentTime).toBe(25);
  });

  test('of a first screen also has the sound that was turned on while its player was being loaded', async () => {
    const player = await world.put({ preload: 'none', muted: '' });
    const open = world.open.bind(world);
    vi.spyOn(world, 'open').mockImplementation(async (parent, settings) => {
      const screen = await open(parent, settings);
      world.last().media.muted = settings.muted;
      player.muted = false;
      return screen;
    });
    await player.play();
    expect([world.last().settings.muted, world.last().media.muted]).toEqual([true, false]);
  });

  test('of a first screen also has values set while its player is being loaded, instead of earlier ones', async () => {
    const player = await world.put({ preload: 'none' });
    Object.assign(player, { volume: 0.5, playbackRate: 2 });
    const open = world.open.bind(world);
    const opening = vi.spyOn(world, 'open').mockImplementation(async (parent, settings) => {
      const screen = await open(parent, settings);
      // As the viewer does with the browser's own controls.
      Object.assign(world.last().media, { volume: 0.75, playbackRate: 1.25 });
      player.muted = true;
      expect(player.muted).toBe(true);
      return screen;
    });
    await player.play();
    expect(world.last().media).toMatchObject({ volume: 0.75, playbackRate: 1.25, muted: true });
    opening.mockImplementation(async (parent, settings) => {
      const screen = await open(parent, settings);
      Object.assign(player, { volume: 0.25, playbackRate: 1.5 });
      return screen;
    });
    await change(player, 'kind', 'file');
    expect(world.last().settings).toMatchObject({ volume: 0.75, playbackRate: 1.25, muted: true });
    expect(world.last().media).toMatchObject({ volume: 0.25, playbackRate: 1.5 });
    expect([player.volume, player.playbackRate]).toEqual([0.25, 1.5]);
  });

  test('is kept while a screen is replaced, including what the viewer set with the browser’s own controls', async () => {
    const player = await world.put();
    Object.assign(world.last().media, { volume: 0.5, muted: true, playbackRate: 2 });
    await change(player, 'kind', 'file');
    expect(world.last().settings).toMatchObject({ volume: 0.5, muted: true, playbackRate: 2 });
  });

  test('rejects play() as the browser does', async () => {
    const reason = new DOMException('Not without a click.', 'NotAllowedError');
    const player = await world.put();
    world.last().media.play = () => Promise.reject(reason);
    await expect(player.play()).rejects.toBe(reason);
  });

  test('rejects a play() that waited for the first screen as the browser does', async () => {
    const reason = new DOMException('Not without a click.', 'NotAllowedError');
    const open = world.open.bind(world);
    vi.spyOn(world, 'open').mockImplementation(async (parent, settings) => {
      const screen = await open(parent, settings);
      world.last().media.play = () => Promise.reject(reason);
      return screen;
    });
    const player = await world.put({ preload: 'none' });
    await expect(player.play()).rejects.toBe(reason);
  });
});

test('poster and captions below the scope of a signed query get the query', async () => {
  const source = { kind: 'hls', url: 'https://cdn.example/v/a.m3u8' } as const;
  world.grant = (videoId) => ({
    ...{ videoId, ...source, ...TIMES, access: 'query', scopeUrl: 'https://cdn.example/v/', signedQuery: 'Sig=1' },
    sources: [{ ...source, mimeType: 'application/x-mpegURL' }],
    posterUrl: 'https://cdn.example/v/p.jpg',
    textTracks: [{ kind: 'captions', language: 'en', label: 'English', url: 'https://cdn.example/v/en.vtt' }],
  });
  const video = document.createElement('video');
  const open = world.open.bind(world);
  vi.spyOn(world, 'open').mockImplementationOnce(async (parent, settings) => {
    parent.append(video);
    return open(parent, settings);
  });
  await world.put();
  expect(world.last().settings.posterUrl).toBe('https://cdn.example/v/p.jpg?Sig=1');
  expect(video.poster).toBe('https://cdn.example/v/p.jpg?Sig=1');
  expect(world.last().settings.tracks[0]?.url).toBe('https://cdn.example/v/en.vtt?Sig=1');
});
