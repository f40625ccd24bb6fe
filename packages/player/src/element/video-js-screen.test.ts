import type { Playback } from '@videostorage/core';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import type { Screen, ScreenSettings } from './screen.ts';
import { openVideoJsScreen } from './video-js-screen.ts';

type Listener = () => void;
interface Hooks {
  request?: (request: object) => object;
  response?: (request: unknown, error: unknown, response: { readonly statusCode?: number }) => void;
}

/** Replaces Video.js, which needs a browser; the tests in Chromium use the real one. */
class FakeVideoJs {
  readonly hooks: Hooks = {};
  readonly heard = new Map<string, Listener>();
  readonly loaded: unknown[] = [];
  /** What plays: the engine, or the browser by itself. */
  tech: unknown = undefined;
  failure: unknown = null;
  isDisposed = false;
  readonly video: HTMLVideoElement;
  readonly options: unknown;

  constructor(video: HTMLVideoElement, options: unknown) {
    this.video = video;
    this.options = options;
  }

  /** Plays by its engine, whose requests can be changed. */
  useEngine(): Hooks {
    const xhr = Object.assign(() => undefined, {
      onRequest: (hook: Hooks['request']) => Object.assign(this.hooks, { request: hook }),
      onResponse: (hook: Hooks['response']) => Object.assign(this.hooks, { response: hook }),
    });
    this.tech = { vhs: { xhr } };
    this.heard.get('xhr-hooks-ready')?.();
    return this.hooks;
  }

  /** The members of Video.js. */
  readonly player = {
    on: (type: string, listener: Listener) => void this.heard.set(type, listener),
    src: (source: unknown) => void this.loaded.push(source),
    error: () => this.failure,
    tech: (isAware: boolean) => (isAware ? this.tech : undefined),
    dispose: () => {
      this.isDisposed = true;
    },
  };
}

const made: FakeVideoJs[] = [];
vi.mock('./load-video-js.ts', () => ({
  loadVideoJs: async () => (video: HTMLVideoElement, options: unknown) => {
    const fake = new FakeVideoJs(video, options);
    made.push(fake);
    return fake.player;
  },
}));

const page = new HappyPage();
const [onRefused, onFailed] = [vi.fn(), vi.fn()];
const SETTINGS: ScreenSettings = {
  ...{ posterUrl: undefined, tracks: [], label: 'Lesson 1', startAt: 0, volume: 0.5, muted: true, playbackRate: 1.5 },
  ...{ preload: 'metadata', onRefused, onFailed },
};
const TIMES = { expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:00:00.000Z' };
const FILE = { kind: 'file', url: 'https://cdn.example/v/a.mp4', mimeType: 'video/mp4' } as const;
const HLS = { kind: 'hls', url: 'https://cdn.example/v/a.m3u8', mimeType: 'application/x-mpegURL' } as const;
const plain = (source: typeof FILE | typeof HLS = FILE): Playback => ({
  ...{ videoId: 'v', kind: source.kind, url: source.url, access: 'url', sources: [source], ...TIMES },
});
const byCookies = (): Playback => ({ ...plain(HLS), access: 'cookies' });
const byQuery = (signedQuery: string, source: typeof FILE | typeof HLS = HLS): Playback => ({
  ...{ ...plain(source), access: 'query', scopeUrl: 'https://cdn.example/v/', signedQuery },
});
const captions = (url: string) => ({ kind: 'captions', language: 'de', label: 'Deutsch', url }) as const;

beforeEach(() => page.enter());
afterEach(() => {
  document.body.replaceChildren();
  made.length = 0;
  vi.clearAllMocks();
});
afterAll(() => page.close());

async function open(playback: Playback = plain(), over: Partial<ScreenSettings> = {}) {
  const screen = await openVideoJsScreen(document.body, playback, { ...SETTINGS, ...over });
  const engine = made.at(-1);
  if (engine === undefined) throw new Error('Video.js was not asked.');
  return { screen, engine, video: engine.video };
}

describe('the video', () => {
  test('is added to the page according to its settings', async () => {
    const { screen, video } = await open(plain(), { posterUrl: 'https://cdn.example/p.jpg', preload: 'auto' });
    expect(video.parentElement).toBe(document.body.querySelector('.screen'));
    expect([screen.element, screen.media, screen.focusTarget]).toEqual([video.parentElement, video, video]);
    expect([video.getAttribute('part'), video.getAttribute('aria-label')]).toEqual(['video', 'Lesson 1']);
    expect([video.controls, video.playsInline, video.preload]).toEqual([true, true, 'auto']);
    expect([video.volume, video.muted]).toEqual([0.5, true]);
    expect([video.playbackRate, video.defaultPlaybackRate]).toEqual([1.5, 1.5]);
    expect(video.poster).toBe('https://cdn.example/p.jpg');
  });

  test('has no poster and no captions when there are none', async () => {
    const { video } = await open();
    expect([video.hasAttribute('poster'), video.childElementCount]).toEqual([false, 0]);
  });

  test('has its captions', async () => {
    const { video } = await open(plain(), { tracks: [captions('https://school.example/de.vtt')] });
    const [track] = video.querySelectorAll('track');
    expect([track?.kind, track?.srclang, track?.label, track?.src]).toEqual([
      ...['captions', 'de', 'Deutsch', 'https://school.example/de.vtt'],
    ]);
  });

  test.each([
    ['of the page', plain(), ['https://school.example/de.vtt'], null],
    ['of another origin', plain(), ['https://school.example/de.vtt', 'https://cdn.example/de.vtt'], 'anonymous'],
    ['by cookies', byCookies(), ['https://cdn.example/de.vtt'], 'use-credentials'],
    ['none, by cookies', byCookies(), [], 'use-credentials'],
  ])('requests captions %s with the credentials that they need', async (_name, playback, urls, crossOrigin) => {
    expect((await open(playback, { tracks: urls.map(captions) })).video.crossOrigin).toBe(crossOrigin);
  });

  test.each(['MediaSource', 'ManagedMediaSource', undefined])(
    'is played by the engine when there is one (%s), without Video.js’ own controls',
    async (name) => {
      if (name !== undefined) vi.stubGlobal(name, class {});
      expect((await open()).engine.options).toEqual({
        ...{ controls: false, children: ['mediaLoader'], errorDisplay: false, resizeManager: false },
        ...{ preload: 'metadata' },
        html5: {
          ...{ nativeTextTracks: true, nativeAudioTracks: false, nativeVideoTracks: false },
          vhs: { overrideNative: name !== undefined },
        },
      });
    },
  );

  test('is not left in the page when it cannot be created', async () => {
    await expect(open(plain(), { volume: 2 })).rejects.toThrow('volume');
    expect(document.body.childElementCount).toBe(0);
  });

  test('is removed from the page, and its engine stopped', async () => {
    const { screen, engine } = await open();
    screen.dispose();
    expect([engine.isDisposed, document.body.childElementCount]).toEqual([true, 0]);
  });
});

describe('the source', () => {
  test('is the first of the grant, with its query', async () => {
    const { engine } = await open(byQuery('Sig=1'));
    expect(engine.loaded).toEqual([{ src: `${HLS.url}?Sig=1`, type: HLS.mimeType }]);
    expect((await open({ ...plain(), sources: [] })).engine.loaded).toEqual([]);
  });

  test('is another one when it is loaded again', async () => {
    const { screen, engine } = await open();
    screen.reload(byQuery('Sig=2', FILE));
    expect(engine.loaded).toEqual([
      { src: FILE.url, type: FILE.mimeType },
      { src: `${FILE.url}?Sig=2`, type: FILE.mimeType },
    ]);
  });

  test('that has failed is reported, by the video or by Video.js', async () => {
    const { screen, engine, video } = await open();
    expect([screen.isBroken, onFailed.mock.calls.length]).toEqual([false, 0]);
    engine.failure = { code: 4 };
    engine.heard.get('error')?.();
    expect([screen.isBroken, onFailed.mock.calls.length]).toEqual([true, 1]);
    engine.failure = null;
    Object.defineProperty(video, 'error', { value: { code: 3 } });
    expect(screen.isBroken).toBe(true);
  });
});

describe('a renewed grant', () => {
  test.each<readonly [string, Playback, Playback, boolean]>([
    ['by cookies, which the browser sends', byCookies(), byCookies(), true],
    ['by a query of HLS, which each request takes along', byQuery('Sig=1'), byQuery('Sig=2'), true],
    ['by the query of one file, which is in its source', byQuery('Sig=1', FILE), byQuery('Sig=2', FILE), false],
    ['by a URL', plain(), plain(), false],
    ['by another way than before', byCookies(), byQuery('Sig=2'), false],
  ])('%s: needs no other source: %o', async (_name, first, next, isTaken) => {
    const { screen, engine } = await open(first);
    expect([screen.renew(next), engine.loaded.length]).toEqual([isTaken, 1]);
  });

  test('is used by the requests of the engine from then on', async () => {
    const { screen, engine } = await open(byQuery('Sig=1'));
    const { request } = engine.useEngine();
    const asked = (uri: string) => request?.({ uri });
    expect(asked('https://cdn.example/v/1.ts')).toEqual({ uri: 'https://cdn.example/v/1.ts?Sig=1' });
    screen.renew(byQuery('Sig=2'));
    expect(asked('https://cdn.example/v/2.ts')).toEqual({ uri: 'https://cdn.example/v/2.ts?Sig=2' });
    screen.reload(byQuery('Sig=3'));
    expect(asked('https://cdn.example/v/3.ts')).toEqual({ uri: 'https://cdn.example/v/3.ts?Sig=3' });
  });
});

describe('after a refusal', () => {
  const openWaiting = async (readyState: number, statusCode: number, ended = false) => {
    const { screen, engine, video } = await open(byQuery('Sig=1'));
    const { request, response } = engine.useEngine();
    const sought: number[] = [];
    const requested: unknown[] = [];
    const seek = (position: number) => {
      sought.push(position);
      requested.push(request?.({ uri: 'https://cdn.example/v/1.ts' }));
    };
    Object.defineProperty(video, 'readyState', { value: readyState });
    Object.defineProperty(video, 'ended', { value: ended });
    Object.defineProperty(video, 'currentTime', { get: () => 25, set: seek });
    response?.({}, null, { statusCode });
    expect(sought).toEqual([]);
    screen.renew(byQuery('Sig=2'));
    return { screen, sought, requested, response };
  };

  test('a video that waits for its next part asks again with the new grant by a seek to its position, once', async () => {
    const { screen, sought, requested } = await openWaiting(2, 403);
    expect(sought).toEqual([25]);
    expect(requested).toEqual([{ uri: 'https://cdn.example/v/1.ts?Sig=2' }]);
    screen.renew(byQuery('Sig=3'));
    expect(sought).toEqual([25]);
  });

  test('a video whose source is loaded again does not ask twice', async () => {
    const { screen, sought, response } = await openWaiting(2, 403);
    response?.({}, null, { statusCode: 403 });
    screen.reload(byQuery('Sig=3'));
    screen.renew(byQuery('Sig=4'));
    expect(sought).toEqual([25]);
  });

  test.each([
    ['that has enough to continue', 3, 403, false],
    ['whose requests were not refused', 2, 200, false],
    ['that has ended', 2, 403, true],
  ])('a video %s is left alone', async (_name, readyState, statusCode, ended) => {
    expect((await openWaiting(readyState, statusCode, ended)).sought).toEqual([]);
  });
});

test('only captions that are not loaded yet are requested with the newest grant', async () => {
  const urls = [
    'https://cdn.example/v/de.vtt?Sig=1',
    'https://cdn.example/v/en.vtt?Sig=1',
    'https://school.example/fr',
  ];
  const { screen, video } = await open(byQuery('Sig=1'), { tracks: urls.map(captions) });
  const [missing, loaded, foreign] = video.querySelectorAll('track');
  if (loaded === undefined || foreign === undefined) throw new Error('There are no tracks.');
  Object.defineProperty(loaded, 'readyState', { value: 2 });
  const written = vi.spyOn(foreign, 'setAttribute');
  screen.renew(byQuery('Sig=2'));
  expect([missing?.src, loaded.src, foreign.src]).toEqual(['https://cdn.example/v/de.vtt?Sig=2', ...urls.slice(1)]);
  // Setting an address, even the same one, would load it again.
  expect(written).not.toHaveBeenCalled();
});

describe('requests of the engine', () => {
  test('have cookies when the grant is in cookies, only at its origin', async () => {
    const { engine } = await open(byCookies());
    const { request } = engine.useEngine();
    expect(request?.({ uri: 'https://cdn.example/v/1.ts' })).toEqual({
      ...{ uri: 'https://cdn.example/v/1.ts', withCredentials: true },
    });
    for (const uri of ['https://other.example/v/1.ts', 'not a URL']) expect(request?.({ uri })).toEqual({ uri });
    const other = (await open(byQuery('Sig=1'))).engine.useEngine();
    expect(other.request?.({ uri: 'https://cdn.example/v/1.ts' })).not.toHaveProperty('withCredentials');
  });

  test.each([
    [401, 1],
    [403, 1],
    [0, 1],
    [200, 0],
    [404, 0],
    [500, 0],
    [undefined, 0],
  ])('that are answered by %s are refused %i times', async (statusCode, times) => {
    const { engine } = await open();
    engine.useEngine().response?.({}, null, statusCode === undefined ? {} : { statusCode });
    expect(onRefused).toHaveBeenCalledTimes(times);
  });

  test.each([[undefined], [{}], [{ vhs: null }], [{ vhs: {} }], [{ vhs: { xhr: 'text' } }]])(
    'are the browser’s own when %j plays',
    async (tech) => {
      const { engine } = await open();
      engine.tech = tech;
      engine.heard.get('xhr-hooks-ready')?.();
      expect(engine.hooks).toEqual({});
    },
  );
});

describe('captions that another screen shows', () => {
  const withTracks = (video: HTMLVideoElement, ...modes: readonly string[]) => {
    const tracks = modes.map((mode) => ({ mode }));
    Object.defineProperty(video, 'textTracks', { value: tracks });
    return tracks;
  };

  test('are shown too, track by track', async () => {
    const [own, other] = [await open(), await open()];
    const tracks = withTracks(own.video, 'disabled', 'showing');
    withTracks(other.video, 'showing', 'disabled');
    own.screen.showCaptionsOf(other.screen);
    expect(tracks).toEqual([{ mode: 'showing' }, { mode: 'disabled' }]);
  });

  test('are not shown when the tracks differ, or the screen has another player', async () => {
    const [own, other] = [await open(), await open()];
    const tracks = withTracks(own.video, 'disabled');
    withTracks(other.video, 'showing', 'disabled');
    own.screen.showCaptionsOf(other.screen);
    const foreign: Screen = { ...other.screen, media: own.video };
    own.screen.showCaptionsOf(foreign);
    expect(tracks).toEqual([{ mode: 'disabled' }]);
  });
});
