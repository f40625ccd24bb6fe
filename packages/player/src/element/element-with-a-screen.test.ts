import { type Playback, VideoNotFoundError } from '@videostorage/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { change, ElementWorld, FILE, partOf, TIMES, turned } from '../../test-support/element-world.ts';
import type { ScreenSettings } from './screen.ts';
import type { VideoStoragePlayerElement } from './video-storage-player-element.ts';

const UNSAFE = [{ kind: 'file', url: 'javascript:1', mimeType: 'video/mp4' }] as const;
const world = new ElementWorld();
vi.mock('./video-js-screen.ts', () => ({
  openVideoJsScreen: (parent: HTMLElement, _playback: Playback, settings: ScreenSettings) =>
    world.open(parent, settings),
}));

beforeAll(() => world.define());
beforeEach(() => world.enter());
afterEach(() => document.body.replaceChildren());
afterAll(() => world.page.close());

test('the position is kept when the host app has ended the video, and while it is started again, but not for another video', async () => {
  const player = await world.put();
  world.last().media.currentTime = 25;
  const granting = world.grant;
  world.grant = () => {
    throw new VideoNotFoundError();
  };
  world.last().settings.onRefused();
  await turned();
  expect([player.error?.code, player.currentTime]).toEqual(['VIDEO_NOT_FOUND', 25]);
  world.grant = granting;
  partOf(player, 'retry').click();
  expect(player.currentTime).toBe(25);
  await turned();
  player.setAttribute('preload', 'none');
  player.setAttribute('video-id', 'b');
  await turned();
  expect(player.currentTime).toBe(0);
});

describe('the position', () => {
  test('is kept when the same video is requested in another way', async () => {
    const player = await world.put();
    world.last().media.currentTime = 25;
    await change(player, 'kind', 'file');
    expect(world.screens).toHaveLength(2);
    expect(world.last().settings.startAt).toBe(25);
  });

  test('is kept when the player cannot be loaded meanwhile', async () => {
    const player = await world.put();
    world.last().media.currentTime = 25;
    world.canOpen = false;
    await change(player, 'kind', 'file');
    expect(player.error).toBeDefined();
    world.canOpen = true;
    partOf(player, 'retry').click();
    await turned();
    expect(world.last().settings.startAt).toBe(25);
  });

  test('is kept when the host app refuses to renew a source that has failed, whose browser forgets position and duration', async () => {
    const player = await world.put();
    const screen = world.last();
    screen.media.currentTime = 25;
    screen.media.dispatchEvent(new Event('timeupdate'));
    Object.assign(screen, { isBroken: true });
    Object.assign(screen.media, { currentTime: 0, duration: Number.NaN });
    const granting = world.grant;
    world.grant = () => {
      throw new VideoNotFoundError();
    };
    const ended: unknown[] = [];
    player.addEventListener('ended-by-host', ({ detail }) => ended.push(detail.position));
    screen.settings.onFailed();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await turned();
    expect([ended, player.error?.code, player.currentTime]).toEqual([[25], 'VIDEO_NOT_FOUND', 25]);
    world.grant = granting;
    partOf(player, 'retry').click();
    await turned();
    expect(world.last().settings.startAt).toBe(25);
  });

  test('is not used for another video, nor later for this one after another video', async () => {
    const player = await world.put();
    world.last().media.currentTime = 25;
    await change(player, 'video-id', 'b');
    expect(world.last().settings.startAt).toBe(0);
    await change(player, 'video-id', 'a');
    expect(world.last().settings.startAt).toBe(0);
  });

  test('is 0 after the end', async () => {
    const player = await world.put();
    Object.assign(world.last().media, { currentTime: 60, ended: true });
    await change(player, 'kind', 'file');
    expect(world.last().settings.startAt).toBe(0);
  });
});

test('skipped parts do not count as watched, also after a restart', async () => {
  const player = await world.put();
  await player.play();
  const { media } = world.last();
  const standAt = (position: number, type: string) => {
    media.currentTime = position;
    media.dispatchEvent(new Event(type));
  };
  for (const position of [0, 2, 4, 6, 8, 10]) standAt(position, 'timeupdate');
  standAt(30, 'seeking');
  standAt(30, 'timeupdate');
  await change(player, 'kind', 'file');
  expect([player.seenUntil, world.last().settings.startAt]).toEqual([10, 30]);
});

/** Plays the newest screen from its beginning, second by second. */
async function watch(player: VideoStoragePlayerElement, seconds: number): Promise<void> {
  await player.play();
  const { media } = world.last();
  for (let position = 0; position <= seconds; position += 1) {
    media.currentTime = position;
    media.dispatchEvent(new Event('timeupdate'));
  }
}

test('the watched extent is reported for the video that was watched, also when another one is requested', async () => {
  const player = await world.put();
  const reported: unknown[] = [];
  player.addEventListener('seen-until', ({ detail }) => reported.push([player.videoId, detail]));
  await watch(player, 7);
  await change(player, 'video-id', 'b');
  expect(reported).toEqual([
    ['a', { videoId: 'a', seconds: 5 }],
    ['b', { videoId: 'a', seconds: 7 }],
  ]);
  await watch(player, 5);
  expect(reported.at(-1)).toEqual(['b', { videoId: 'b', seconds: 5 }]);
});

test('the watched extent is reported when the page closes; a removed player has no listener', async () => {
  const listen = vi.spyOn(window, 'addEventListener');
  const player = await world.put();
  const reported: number[] = [];
  player.addEventListener('seen-until', ({ detail }) => reported.push(detail.seconds));
  await watch(player, 2);
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

test('a grant is no longer renewed when the player is removed from the page', async () => {
  const asked = vi.spyOn(world.transport, 'getPlaybackUrl');
  const player = await world.put();
  expect(asked).toHaveBeenCalledTimes(1);
  const { signal } = asked.mock.calls[0]?.[2] ?? {};
  player.remove();
  window.dispatchEvent(new Event('online'));
  world.last().settings.onRefused();
  await turned();
  expect(asked).toHaveBeenCalledTimes(1);
  expect([player.renewals, player.playback, signal?.aborted]).toEqual([0, undefined, false]);
});

describe('whether it plays after a restart', () => {
  test('follows the browser’s own controls', async () => {
    const player = await world.put();
    await player.play();
    world.last().media.pause();
    await change(player, 'kind', 'file');
    expect(world.last().media.paused).toBe(true);
    await world.last().media.play();
    await change(player, 'kind', 'hls');
    expect(world.screens).toHaveLength(3);
    expect(world.last().media.paused).toBe(false);
  });

  test.each([{}, { autoplay: '' }])('a pause while the grant is awaited is a pause (%o)', async (attributes) => {
    let comes = () => {};
    world.gate = new Promise((resolve) => {
      comes = resolve;
    });
    const player = await world.put(attributes);
    const refused = expect(player.play()).rejects.toMatchObject({ name: 'AbortError' });
    player.pause();
    comes();
    await turned();
    await refused;
    expect(world.last().media.paused).toBe(true);
  });

  test('with autoplay it plays by itself', async () => {
    await world.put({ autoplay: '' });
    expect(world.last().media.paused).toBe(false);
  });
});

test('what plays gets the name that the page sets later, in its label or its texts', async () => {
  const player = await world.put();
  const [video, frame] = [document.createElement('video'), document.createElement('iframe')];
  partOf(player, 'stage').append(video, frame);
  const names = () => [video.getAttribute('aria-label'), frame.title];
  player.texts = { player: 'Film' };
  expect(names()).toEqual(['Film', 'Film']);
  await change(player, 'label', 'Lesson 1');
  expect([names(), world.screens.length]).toEqual([['Lesson 1', 'Lesson 1'], 1]);
  player.removeAttribute('label');
  expect(names()).toEqual(['Film', 'Film']);
  player.setAttribute('label', '');
  expect(names()).toEqual(['Film', 'Film']);
});

test('what plays has the name that was set while its player was being loaded', async () => {
  let comes = () => {};
  world.gate = new Promise((resolve) => {
    comes = resolve;
  });
  const player = await world.put();
  partOf(player, 'stage').append(document.createElement('video'));
  player.setAttribute('label', 'Lesson 1');
  player.shadowRoot?.querySelector('video')?.setAttribute('aria-label', 'as it was opened');
  comes();
  await turned();
  expect(player.shadowRoot?.querySelector('video')?.getAttribute('aria-label')).toBe('Lesson 1');
});

describe('T-L2: a source that is not safe', () => {
  test('is not played, whatever the URL of the grant', async () => {
    world.grant = (videoId) => ({ videoId, ...FILE, ...TIMES, sources: UNSAFE });
    const player = await world.put();
    expect(world.screens).toHaveLength(0);
    expect(player.error).toBeDefined();
  });

  test('of a renewed grant is not loaded, and the element shows a message', async () => {
    const player = await world.put();
    await player.play();
    const safe = world.grant;
    world.grant = (videoId) => ({ ...safe(videoId), sources: UNSAFE });
    const { reload, settings } = world.last();
    settings.onFailed();
    await vi.waitFor(() => expect(player.error).toBeDefined());
    expect(reload).not.toHaveBeenCalled();
    expect(partOf(player, 'retry').hidden).toBe(false);
  });
});

describe('the focus', () => {
  test.each([
    ['“Play video”', 'start', { preload: 'none' }],
    ['“Try again”', 'retry', {}],
  ])('goes from %s to the video', async (_name, part, attributes) => {
    world.canOpen = part === 'start';
    const player = await world.put(attributes);
    world.canOpen = true;
    partOf(player, part).focus();
    partOf(player, part).click();
    await turned();
    expect(player.shadowRoot?.activeElement).toBe(world.last().media);
  });

  test('goes from a video that ends to the button that tries again, but is not moved from elsewhere', async () => {
    const player = await world.put();
    const elsewhere = document.createElement('button');
    document.body.append(elsewhere);
    world.last().media.focus();
    world.canOpen = false;
    await change(player, 'kind', 'file');
    expect(player.error).toBeDefined();
    expect(player.shadowRoot?.activeElement).toBe(partOf(player, 'retry'));
    world.canOpen = true;
    partOf(player, 'retry').click();
    elsewhere.focus();
    await turned();
    expect(document.activeElement).toBe(elsewhere);
  });
});

test('a video that has ended does not play by itself when it is started again, also when its player reports no pause', async () => {
  const player = await world.put();
  await player.play();
  Object.assign(world.last().media, { paused: true, ended: true });
  world.last().media.dispatchEvent(new Event('ended'));
  await change(player, 'kind', 'file');
  expect([world.screens.length, world.last().media.paused]).toEqual([2, true]);
});

test('a browser that does not allow autoplay is no failure: the player stays', async () => {
  const open = world.open.bind(world);
  vi.spyOn(world, 'open').mockImplementationOnce(async (parent, settings) => {
    const screen = await open(parent, settings);
    world.last().media.play = () => Promise.reject(new DOMException('Not without a click.', 'NotAllowedError'));
    return screen;
  });
  const player = await world.put({ autoplay: '' });
  expect([player.error, world.last().media.isConnected]).toEqual([undefined, true]);
});

test('a source that fails at each attempt is said to be unplayable', async () => {
  const player = await world.put();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const { reload, settings } = world.last();
  reload.mockImplementation(() => void setTimeout(settings.onFailed, 10));
  settings.onFailed();
  for (let second = 0; second < 10; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    await turned();
  }
  vi.useRealTimers();
  expect([reload.mock.calls.length, partOf(player, 'notice').textContent]).toEqual([
    ...[3, expect.stringContaining(player.texts.unplayable)],
  ]);
});

test('a browser that does not let a viewer’s click play leaves no error that nobody handles', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const open = world.open.bind(world);
  vi.spyOn(world, 'open').mockImplementationOnce(async (parent, settings) => {
    const screen = await open(parent, settings);
    world.last().media.play = () => Promise.reject(new DOMException('Not without a click.', 'NotAllowedError'));
    return screen;
  });
  const player = await world.put({ preload: 'none' });
  partOf(player, 'start').click();
  await turned();
  process.off('unhandledRejection', unhandled);
  expect([world.screens.length, unhandled.mock.calls]).toEqual([1, []]);
});
