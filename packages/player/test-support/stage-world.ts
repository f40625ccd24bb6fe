import type { Playback } from '@videostorage/core';
import { type Mock, vi } from 'vitest';
import type { MediaSurface } from '../src/element/media-surface.ts';
import type { Screen, ScreenSettings } from '../src/element/screen.ts';
import { Stage } from '../src/element/stage.ts';

const STATE = { startAt: 0, volume: 1, muted: false, playbackRate: 1 };

/** Installs fake time, until `vi.useRealTimers()`. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
}

/** A grant whose address ends with this name. */
export function grantOf(name: string): Playback {
  return {
    ...{ videoId: 'v', kind: 'file', access: 'url', url: `https://cdn.example/${name}` },
    sources: [{ kind: 'file', url: `https://cdn.example/${name}`, mimeType: 'video/mp4' }],
    ...{ expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:59:00.000Z' },
  };
}

/** An element of the page, with the page's own events, and with the members of a media element. */
export type StageMedia = HTMLElement & {
  -readonly [Name in keyof Omit<MediaSurface, keyof EventTarget>]: MediaSurface[Name];
} & {
  /** Advances with the time of the test, when it is loaded. */
  move(seconds: number): void;
};

function fakeMedia(): StageMedia {
  let [position, muted] = [0, false];
  const media = Object.assign(document.createElement('div'), {
    move(seconds: number) {
      if (!media.paused && media.duration > 0) position += seconds * media.playbackRate;
    },
    ...{ currentTime: 0, duration: Number.NaN, paused: true, ended: false, volume: 1, muted: false, playbackRate: 1 },
    async play() {
      media.paused = false;
      media.dispatchEvent(new Event('play'));
    },
    pause() {
      media.paused = true;
      media.dispatchEvent(new Event('pause'));
    },
  });
  const soon = (type: string) => void setTimeout(() => media.dispatchEvent(new Event(type)), 0);
  Object.defineProperty(media, 'currentTime', {
    get: () => position,
    set: (seconds: number) => {
      position = seconds;
      soon('seeked');
    },
  });
  Object.defineProperty(media, 'muted', {
    configurable: true,
    get: () => muted,
    set: (isMuted: boolean) => {
      if (muted !== isMuted) soon('volumechange');
      muted = isMuted;
    },
  });
  return media;
}

/** A screen with a film that a test loads, moves, stops and makes fail. */
export interface StageScreen extends Screen {
  readonly media: StageMedia;
  readonly playback: Playback;
  readonly settings: ScreenSettings;
  readonly renew: Mock<(playback: Playback) => boolean>;
  readonly reload: Mock<(playback: Playback) => void>;
  isBroken: boolean;
  isDisposed: boolean;
}

function fakeScreen(playback: Playback, settings: ScreenSettings): StageScreen {
  const element = document.createElement('div');
  const media = Object.assign(fakeMedia(), { muted: settings.muted });
  return {
    ...{ element, media, focusTarget: element, isBroken: false, playback, settings, isDisposed: false },
    renew: vi.fn<(playback: Playback) => boolean>(() => false),
    reload: vi.fn<(playback: Playback) => void>(),
    showCaptionsOf: () => undefined,
    dispose() {
      this.isDisposed = true;
    },
  };
}

/** A stage whose first screen plays a film of a minute. */
export class StageWorld {
  readonly screens: StageScreen[] = [];
  /** The media events that the page has received. */
  readonly heard: string[] = [];
  readonly element: HTMLElement = document.createElement('div');
  readonly onWaiting: Mock<(isWaiting: boolean) => void> = vi.fn();
  readonly onUnplayable: Mock<(error: DOMException) => void> = vi.fn();
  /** The host app's answer to a request for a new grant. */
  readonly renewNow: Mock<() => Promise<Playback>> = vi.fn(async () => grantOf('renewed'));
  readonly stage: Stage;

  /** Whether requests carry the grant, so that a renewed one needs no new source. */
  carriesGrants = false;

  private constructor(opening?: Promise<void>) {
    document.body.append(this.element);
    this.stage = new Stage(this.element, {
      open: async (_parent, playback, settings) => {
        await opening;
        const screen = fakeScreen(playback, settings);
        screen.renew.mockImplementation(() => this.carriesGrants);
        this.screens.push(screen);
        return screen;
      },
      settingsOf: () => ({ posterUrl: undefined, tracks: [], label: 'Video', preload: 'metadata' }),
      renewNow: this.renewNow,
      onMediaEvent: ({ type }) => this.heard.push(type),
      onWaiting: this.onWaiting,
      onUnplayable: this.onUnplayable,
    });
  }

  /** Opens one, in the page that a test has entered. */
  static async open(): Promise<StageWorld> {
    const world = new StageWorld();
    await world.stage.show(grantOf('first'), STATE);
    world.screen(0).media.duration = 60;
    await world.stage.play();
    return world;
  }

  /** Creates a stage whose first screen is opened when `opening` resolves, and plays from `startAt`, in seconds. */
  static begin(opening?: Promise<void>, startAt = 0): { readonly world: StageWorld; readonly shown: Promise<void> } {
    const world = new StageWorld(opening);
    return { world, shown: world.stage.show(grantOf('first'), { ...STATE, startAt }) };
  }

  /** The screen with this index, in the order of opening, from 0. */
  screen(index: number): StageScreen {
    const screen = this.screens.at(index);
    if (screen === undefined) throw new Error(`There is no screen ${index}.`);
    return screen;
  }

  /** Addresses of all screens, in the order in which they were opened. */
  get urls(): readonly string[] {
    return this.screens.map(({ playback }) => playback.url);
  }

  /** A renewed grant, whose screen is loaded as soon as it is opened. */
  async renewTo(name: string): Promise<StageScreen> {
    this.stage.renew(grantOf(name));
    await vi.advanceTimersByTimeAsync(0);
    const screen = this.screen(-1);
    screen.media.duration = 60;
    return screen;
  }

  /** Advances the time, and with it the playing films. */
  async run(passedMs: number): Promise<void> {
    for (let at = 0; at < passedMs; at += 10) {
      for (const { media, isDisposed } of this.screens) if (!isDisposed) media.move(10 / 1000);
      await vi.advanceTimersByTimeAsync(10);
    }
  }

  /** Removes everything. */
  close(): void {
    this.stage.close();
    this.element.remove();
  }
}
