import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { PlaybackWorld } from '../../test-support/playback-world.ts';
import { ENGLISH_TEXTS } from './player-texts.ts';
import type { VideoStoragePlayerElement } from './video-storage-player-element.ts';

const page = new HappyPage();
let world: PlaybackWorld;
let videoId: string;

beforeAll(async () => {
  page.enter();
  // Imported only now, since the class extends the page's own HTMLElement.
  vi.resetModules();
  const { definePlayerElement } = await import('./define-player-element.ts');
  definePlayerElement();
  definePlayerElement();
});
beforeEach(async () => {
  page.enter();
  world = new PlaybackWorld();
  videoId = await world.readyVideo();
});
afterEach(() => {
  document.body.replaceChildren();
  world.dispose();
});
afterAll(() => page.close());

function put(attributes: Readonly<Record<string, string>> = {}): VideoStoragePlayerElement {
  const player = document.createElement('video-storage-player');
  player.transport = world.transport;
  for (const [name, value] of Object.entries({ 'video-id': videoId, ...attributes })) player.setAttribute(name, value);
  document.body.append(player);
  return player;
}

const part = (player: VideoStoragePlayerElement, name: string) =>
  player.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`);
const words = (player: VideoStoragePlayerElement) => part(player, 'text')?.textContent;

describe('the reason why nothing plays', () => {
  test.each([
    ['a malformed id', 'a b', 200, ENGLISH_TEXTS.notFound, 'VALIDATION_FAILED'],
    ['an unknown id', '0'.repeat(32), 200, ENGLISH_TEXTS.notFound, 'VIDEO_NOT_FOUND'],
    ['signed out', undefined, 401, ENGLISH_TEXTS.signedOut, 'UNAUTHENTICATED'],
    ['forbidden', undefined, 403, ENGLISH_TEXTS.denied, 'ACCESS_DENIED'],
    ['a host that answers something else', undefined, 418, ENGLISH_TEXTS.unavailable, 'BACKEND_REFUSED'],
  ])('%s is shown as a message, with a button', async (_name, id, status, sentence, code) => {
    if (status !== 200) world.outage = () => new Response('', { status });
    const player = put(id === undefined ? {} : { 'video-id': id });
    const onError = vi.fn();
    player.addEventListener('error', onError);
    await world.turned();
    expect(words(player)).toBe(sentence);
    expect(player.error).toMatchObject({ code });
    expect(onError).toHaveBeenCalledTimes(1);
    expect(part(player, 'text')?.getAttribute('role')).toBe('alert');
    expect(part(player, 'retry')?.textContent).toBe('Try again');
    expect(part(player, 'retry')?.hidden).toBe(false);
    const { asked } = world;
    part(player, 'retry')?.click();
    await world.turned();
    if (code !== 'VALIDATION_FAILED') expect(world.asked).toBe(asked + 1);
    expect(words(player)).toBe(sentence);
  });

  test('is shown in the texts of the page', async () => {
    world.mayWatch = false;
    const player = put();
    player.texts = { notFound: 'Kein Video.' };
    await world.turned();
    expect(words(player)).toBe('Kein Video.');
    expect(player.texts.retry).toBe(ENGLISH_TEXTS.retry);
  });

  test('is shown in texts that are set later, in every visible part', async () => {
    world.mayWatch = false;
    const player = put();
    await world.turned();
    expect(words(player)).toBe(ENGLISH_TEXTS.notFound);
    player.texts = { notFound: 'Kein Video.', retry: 'Noch einmal' };
    expect([words(player), part(player, 'retry')?.textContent]).toEqual(['Kein Video.', 'Noch einmal']);
    const waiting = put({ preload: 'none' });
    await world.turned();
    waiting.texts = { play: 'Abspielen' };
    expect(part(waiting, 'start')?.textContent).toBe('Abspielen');
    expect(words(waiting)).toBe('');
  });

  test('is no longer shown when the page requests no video', async () => {
    world.mayWatch = false;
    const player = put();
    await world.turned();
    expect(part(player, 'notice')?.hidden).toBe(false);
    player.removeAttribute('video-id');
    await world.turned();
    expect([part(player, 'notice')?.hidden, words(player), player.error]).toEqual([true, '', undefined]);
  });

  test('is no longer shown when another video is requested, which waits for a click', async () => {
    world.mayWatch = false;
    const player = put();
    await world.turned();
    expect(player.error).toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    player.setAttribute('preload', 'none');
    player.setAttribute('video-id', '1'.repeat(32));
    await world.turned();
    expect([part(player, 'start')?.hidden, part(player, 'notice')?.hidden, player.error]).toEqual([
      ...[false, true, undefined],
    ]);
  });

  test('a pause rejects a pending play()', async () => {
    const player = put({ preload: 'none' });
    const playing = player.play();
    player.pause();
    await expect(playing).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('removing the element rejects a pending play()', async () => {
    const player = put({ preload: 'none' });
    let ended: unknown;
    player.play().catch((reason: unknown) => {
      ended = reason;
    });
    player.remove();
    await world.turned();
    expect(ended).toMatchObject({ name: 'AbortError' });
  });

  test('a pending play() is rejected when the video does not play', async () => {
    world.mayWatch = false;
    const player = put({ preload: 'none' });
    await expect(player.play()).rejects.toMatchObject({ name: 'NotSupportedError' });
  });
});

describe('when a grant is requested', () => {
  test('several changes at once make one request', async () => {
    world.mayWatch = false;
    const player = put();
    player.setAttribute('kind', 'file');
    player.setAttribute('endpoint', '/other');
    await world.turned();
    expect(world.asked).toBe(1);
    player.setAttribute('kind', 'file');
    await world.turned();
    expect(world.asked).toBe(1);
    player.setAttribute('kind', 'hls');
    await world.turned();
    expect(world.asked).toBe(2);
  });

  test('with preload="none" not before the viewer wants to play', async () => {
    world.mayWatch = false;
    const player = put({ preload: 'none', poster: '/p.jpg' });
    await world.turned();
    expect(world.asked).toBe(0);
    expect(part(player, 'start')?.hidden).toBe(false);
    expect(part(player, 'start')?.textContent).toBe('Play video');
    expect(part(player, 'poster')?.getAttribute('src')).toBe('https://school.example/p.jpg');
    part(player, 'start')?.click();
    await world.turned();
    expect(world.asked).toBe(1);
    expect(part(player, 'start')?.hidden).toBe(true);
  });

  test('the button that starts a video names it, and follows label, poster and texts while it is shown', async () => {
    const player = put({ preload: 'none', label: 'Ada’s harbour' });
    const name = () => part(player, 'start')?.getAttribute('aria-label');
    await world.turned();
    expect(name()).toBe('Play video: Ada’s harbour');
    player.setAttribute('label', 'Grace’s garden');
    player.setAttribute('poster', '/garden.jpg');
    player.texts = { play: 'Abspielen' };
    expect(name()).toBe('Abspielen: Grace’s garden');
    expect(part(player, 'poster')?.getAttribute('src')).toBe('https://school.example/garden.jpg');
    expect(part(player, 'poster')?.hidden).toBe(false);
    player.removeAttribute('label');
    player.removeAttribute('poster');
    expect(name()).toBeNull();
    expect(part(player, 'poster')?.hidden).toBe(true);
    expect(world.asked).toBe(0);
  });

  test('never without an id, and never outside the page', async () => {
    const player = put({ 'video-id': '' });
    await world.turned();
    expect(world.asked).toBe(0);
    player.remove();
    player.videoId = videoId;
    await world.turned();
    expect(world.asked).toBe(0);
    expect(player.videoId).toBe(videoId);
  });

  test('no more once it is taken out of the page', async () => {
    let isEnded: boolean | undefined;
    const player = put({ 'video-id': '0'.repeat(32) });
    player.transport = {
      getPlaybackUrl: (_id, _body, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            isEnded = true;
            reject(signal.reason);
          });
        }),
    };
    await world.turned();
    expect(words(player)).toBe(ENGLISH_TEXTS.loading);
    player.remove();
    await world.turned();
    expect(isEnded).toBe(true);
    expect(player.error).toBeUndefined();
  });

  test('by the attributes, when there is no transport', async () => {
    const send = vi.fn(async () => new Response('', { status: 401 }));
    vi.stubGlobal('fetch', send);
    const player = put({ endpoint: 'https://host.example/v', credentials: 'include', kind: 'hls' });
    player.headers = { Authorization: 'Bearer 1' };
    player.transport = undefined;
    await world.turned();
    expect(send).toHaveBeenCalledWith(
      `https://host.example/v/videos/${videoId}/playback`,
      expect.objectContaining({
        ...{ credentials: 'include', body: '{"kind":"hls"}' },
        headers: expect.objectContaining({ Authorization: 'Bearer 1' }),
      }),
    );
  });
});

test('headers that are set later are sent with the next request', async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (_url: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers).get('Authorization'));
    return new Response('', { status: 503 });
  });
  const player = put();
  player.headers = { Authorization: 'Bearer 1' };
  player.transport = undefined;
  await world.turned();
  player.headers = { Authorization: 'Bearer 2' };
  await expect.poll(() => sent, { timeout: 20_000 }).toContain('Bearer 2');
  expect(sent[0]).toBe('Bearer 1');
});

test('before there is a source, the members say so and keep the values that are set', () => {
  const player = document.createElement('video-storage-player');
  expect([player.currentTime, player.duration, player.paused, player.ended]).toEqual([0, Number.NaN, true, false]);
  expect([player.volume, player.muted, player.playbackRate, player.renewals]).toEqual([1, false, 1, 0]);
  player.setAttribute('muted', '');
  expect(player.muted).toBe(true);
  Object.assign(player, { muted: false, volume: 0.5, playbackRate: 2, currentTime: 7 });
  expect([player.muted, player.volume, player.playbackRate, player.currentTime]).toEqual([false, 0.5, 2, 7]);
  player.pause();
  expect(player.playback).toBeUndefined();
});

test('a value that a media element refuses is refused when it is set, and not kept', () => {
  const player = document.createElement('video-storage-player');
  const set = (member: object) => () => Object.assign(player, member);
  expect(set({ volume: 1.5 })).toThrow('volume');
  expect(set({ volume: Number.NaN })).toThrow('volume');
  expect(set({ playbackRate: Number.NaN })).toThrow('playbackRate');
  expect(set({ currentTime: Number.NaN })).toThrow('currentTime');
  expect([player.volume, player.playbackRate, player.currentTime]).toEqual([1, 1, 0]);
});

test.each(['"><img src=x onerror=1>', '</script><script>1</script>', 'javascript:1', '\u2028', '<b>'])(
  'T-L1: %j as text, poster and id makes no element',
  async (text) => {
    const player = put({ preload: 'none', poster: text, label: text });
    await world.turned();
    const before = player.shadowRoot?.querySelectorAll('*').length;
    player.texts = { play: text, notFound: text, retry: text, loading: text };
    player.setAttribute('video-id', text);
    await world.turned();
    part(player, 'start')?.click();
    await world.turned();
    expect(words(player)).toBe(text);
    expect(part(player, 'start')?.textContent).toBe(text);
    expect(player.shadowRoot?.querySelectorAll('*').length).toBe(before);
    expect(part(player, 'poster')?.getAttribute('src') ?? '').not.toMatch(/^javascript/);
  },
);
