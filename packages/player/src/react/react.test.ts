import type { Playback } from '@videostorage/core';
import { createElement, type ReactElement } from 'react';
import type { Root } from 'react-dom/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { PlaybackWorld } from '../../test-support/playback-world.ts';
import type { PlaybackTransport } from '../session/playback-transport.ts';
import type { UsedPlaybackSession, UsePlaybackSessionOptions } from './use-playback-session.ts';
import type { VideoPlayerProps } from './video-player.ts';

const page = new HappyPage();
let react: typeof import('react') & typeof import('react-dom/client') & typeof import('./index.ts');
let world: PlaybackWorld;
let root: Root;

beforeAll(async () => {
  page.enter();
  vi.resetModules();
  react = { ...(await import('react')), ...(await import('react-dom/client')), ...(await import('./index.ts')) };
});
beforeEach(() => {
  page.enter();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  world = new PlaybackWorld();
  root = react.createRoot(document.body);
});
afterEach(async () => {
  await react.act(async () => root.unmount());
  world.dispose();
});
afterAll(() => page.close());

async function show(element: ReactElement): Promise<void> {
  await react.act(async () => {
    root.render(element);
    await world.turned();
  });
}

/** A component of a host app, and the last result of the hook. */
function follower() {
  const seen: UsedPlaybackSession[] = [];
  const Followed = (options: UsePlaybackSessionOptions) => {
    seen.push(react.usePlaybackSession(options));
    return null;
  };
  return { last: () => seen.at(-1), Followed };
}

test('usePlaybackSession gives the grant, each renewed one, and the refusal that ends it', async () => {
  const videoId = await world.readyVideo();
  const { last, Followed } = follower();
  const { transport } = world;
  await show(createElement(Followed, { transport, videoId }));
  const first: Playback | undefined = last()?.playback;
  expect(first).toMatchObject({ videoId, access: 'url' });
  await react.act(async () => {
    await last()?.session?.renewNow();
  });
  expect(last()?.playback).not.toBe(first);
  expect(last()?.session?.renewals).toBe(1);
  world.mayWatch = false;
  await react.act(async () => {
    await expect(last()?.session?.renewNow()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
  expect(last()).toMatchObject({ session: undefined, playback: undefined, error: { code: 'VIDEO_NOT_FOUND' } });
});

test('usePlaybackSession closes its session when it is unmounted, and when its video changes', async () => {
  const [one, other] = [await world.readyVideo(), await world.readyVideo()];
  const { last, Followed } = follower();
  const { transport } = world;
  await show(createElement(Followed, { transport, videoId: one }));
  const session = last()?.session;
  await show(createElement(Followed, { transport, videoId: other }));
  expect(last()?.playback?.videoId).toBe(other);
  await expect(session?.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
  const second = last()?.session;
  await show(createElement('p'));
  await expect(second?.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
  await show(createElement(Followed, { transport, videoId: '0'.repeat(32) }));
  expect(last()).toMatchObject({ session: undefined, error: { code: 'VIDEO_NOT_FOUND' } });
});

test('usePlaybackSession requests the given kind, and returns no grant of another video during the request', async () => {
  const [one, other] = [await world.readyVideo(), await world.readyVideo()];
  const bodies: unknown[] = [];
  let isAway = false;
  const transport: PlaybackTransport = {
    async getPlaybackUrl(...call) {
      bodies.push(call[1]);
      if (isAway) await new Promise(() => undefined);
      return world.transport.getPlaybackUrl(...call);
    },
  };
  const { last, Followed } = follower();
  await show(createElement(Followed, { transport, videoId: one, kind: 'file' }));
  expect(last()?.playback).toMatchObject({ videoId: one, kind: 'file' });
  isAway = true;
  await show(createElement(Followed, { transport, videoId: other }));
  expect(last()).toEqual({ session: undefined, playback: undefined, error: undefined });
  expect(bodies).toEqual([{ kind: 'file' }, {}]);
});

/** Requests of components that have an endpoint, answered by the routes. */
function hostAt() {
  const asked: { url: string; credentials: unknown; authorization: string | null }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const { credentials, headers } = init;
    asked.push({ url, credentials, authorization: new Headers(headers).get('authorization') });
    return world.routes.fetch(new Request(`https://school.example${new URL(url, 'https://a.example').pathname}`, init));
  });
  return asked;
}

test('usePlaybackSession calls the routes of its endpoint, /api/video by default, with the newest headers', async () => {
  const asked = hostAt();
  const videoId = await world.readyVideo();
  const { last, Followed } = follower();
  await show(createElement(Followed, { videoId, headers: { Authorization: 'Bearer 1' } }));
  expect(last()?.playback).toMatchObject({ videoId });
  const session = last()?.session;
  await show(createElement(Followed, { videoId, headers: async () => ({ Authorization: 'Bearer 2' }) }));
  expect(last()?.session).toBe(session);
  await react.act(async () => {
    await session?.renewNow();
  });
  await show(createElement(Followed, { videoId, endpoint: 'https://host.example/api/video', credentials: 'include' }));
  expect(last()?.session).not.toBe(session);
  await expect(session?.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
  const path = `/api/video/videos/${videoId}/playback`;
  expect(asked).toEqual([
    { url: path, credentials: 'same-origin', authorization: 'Bearer 1' },
    { url: path, credentials: 'same-origin', authorization: 'Bearer 2' },
    { url: `https://host.example${path}`, credentials: 'include', authorization: null },
  ]);
});

test('headers of usePlaybackSession may be a method of a class, and keep their `this`', async () => {
  const asked = hostAt();
  class Options {
    readonly videoId = '0'.repeat(32);
    readonly #token = 'Bearer 1';

    headers() {
      return { Authorization: this.#token };
    }
  }
  const options = new Options();
  await show(
    createElement(() => {
      react.usePlaybackSession(options);
      return null;
    }),
  );
  expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer 1']);
});

test('<VideoPlayer> sends the headers of its newest rendering, and the given credentials', async () => {
  const asked = hostAt();
  const props: VideoPlayerProps = { videoId: '0'.repeat(32), credentials: 'include' };
  await show(createElement(react.VideoPlayer, { ...props, headers: { Authorization: 'Bearer 1' } }));
  await show(createElement(react.VideoPlayer, { ...props, headers: () => ({ Authorization: 'Bearer 2' }) }));
  document.querySelector('video-storage-player')?.shadowRoot?.querySelector<HTMLElement>('[part=retry]')?.click();
  await react.act(() => world.turned());
  expect(asked.map(({ credentials, authorization }) => [credentials, authorization])).toEqual([
    ['include', 'Bearer 1'],
    ['include', 'Bearer 2'],
  ]);
});

test('<VideoPlayer> with `muted` is muted from the beginning, both the first one of a page and later ones', async () => {
  const muted = async (isMuted: boolean | undefined) => {
    const props = { videoId: 'a', preload: 'none', muted: isMuted } as const;
    await show(createElement(react.VideoPlayer, { key: String(isMuted), ...props }));
    return document.querySelector('video-storage-player')?.muted;
  };
  expect([await muted(true), await muted(undefined), await muted(true), await muted(false)]).toEqual([
    ...[true, false, true, false],
  ]);
});

test('<VideoPlayer> has the texts of its newest rendering, and English ones for all others', async () => {
  const shown = async (texts: VideoPlayerProps['texts']) => {
    await show(createElement(react.VideoPlayer, { videoId: 'a', preload: 'none', texts }));
    const { play, retry } = document.querySelector('video-storage-player')?.texts ?? {};
    return [play, retry];
  };
  const [play, retry] = await shown(undefined);
  expect(await shown({ play: 'Los' })).toEqual(['Los', retry]);
  expect(await shown({ retry: 'Noch einmal' })).toEqual([play, 'Noch einmal']);
  expect(await shown(undefined)).toEqual([play, retry]);
  expect([play, retry]).not.toContain(undefined);
});

test('<VideoPlayer> is the element with its attributes, properties and events, the newest listeners among them', async () => {
  world.mayWatch = false;
  const heard: string[] = [];
  const props: VideoPlayerProps = {
    ...{ videoId: '0'.repeat(32), transport: world.transport, kind: 'hls', poster: '/p.jpg', startAt: 7, muted: true },
    ...{ embedScriptUrl: 'https://embed.example/sdk.js', endpoint: '/v', credentials: 'include', autoPlay: true },
    ...{ preload: 'none', label: 'Lesson', texts: { play: 'Los' }, className: 'wide' },
    onSeenUntil: ({ detail }) => heard.push(`old ${detail.seconds}`),
    onRenewed: ({ type }) => heard.push(type),
    onEndedByHost: ({ type }) => heard.push(type),
    onElement: (element) => heard.push(element === null ? 'gone' : 'there'),
  };
  await show(createElement(react.VideoPlayer, props));
  const player = document.querySelector('video-storage-player');
  // React sets `muted` as a property, since a defined element has it.
  const attributes = player?.getAttributeNames().filter((name) => name !== 'muted');
  expect(attributes?.sort()).toEqual([
    ...['autoplay', 'class', 'credentials', 'embed-script-url', 'endpoint', 'kind', 'label', 'poster', 'preload'],
    ...['start-at', 'video-id'],
  ]);
  expect(player?.muted).toBe(true);
  expect(player?.getAttribute('start-at')).toBe('7');
  expect(player?.transport).toBe(world.transport);
  expect(player?.texts.play).toBe('Los');
  await show(
    createElement(react.VideoPlayer, { ...props, onSeenUntil: ({ detail }) => heard.push(`new ${detail.seconds}`) }),
  );
  player?.dispatchEvent(new CustomEvent('seen-until', { detail: { seconds: 12 } }));
  for (const type of ['renewed', 'ended-by-host']) player?.dispatchEvent(new CustomEvent(type));
  await show(createElement(react.VideoPlayer, { ...props, transport: undefined, onSeenUntil: undefined }));
  expect(player?.transport).toBeUndefined();
  expect(document.querySelector('video-storage-player')).toBe(player);
  await show(createElement('p'));
  for (const type of ['renewed', 'ended-by-host']) player?.dispatchEvent(new CustomEvent(type));
  player?.dispatchEvent(new CustomEvent('seen-until', { detail: { seconds: 13 } }));
  expect(heard).toEqual(['there', 'new 12', 'renewed', 'ended-by-host', 'gone']);
});
