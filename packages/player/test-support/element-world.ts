import type { Playback } from '@videostorage/core';
import { type Mock, vi } from 'vitest';
import type { MediaSurface } from '../src/element/media-surface.ts';
import type { Screen, ScreenSettings } from '../src/element/screen.ts';
import type { VideoStoragePlayerElement } from '../src/element/video-storage-player-element.ts';
import type { PlaybackTransport } from '../src/session/playback-transport.ts';
import { HappyPage } from './happy-page.ts';

/** A source of one file. */
export const FILE = { kind: 'file', access: 'url', url: 'https://cdn.example/a.mp4' } as const;
/** When its grant ends. */
export const TIMES = { expiresAt: '2030-01-01T00:00:00.000Z', renewAfter: '2029-12-31T23:00:00.000Z' } as const;

/** The media of a screen in these tests, which the tests control. */
type SetMedia = HTMLElement & {
  -readonly [Member in keyof Omit<MediaSurface, keyof EventTarget>]: MediaSurface[Member];
};

/** A fake screen. */
export interface FakeScreen extends Screen {
  readonly media: SetMedia;
  readonly reload: Mock<Screen['reload']>;
  /** Its initial state. */
  readonly settings: ScreenSettings;
}

/** A film that is loaded at once. It replaces Video.js, which needs a browser; the tests in Chromium use the real one. */
function fakeScreen(parent: HTMLElement, settings: ScreenSettings): FakeScreen {
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
    reload: vi.fn<Screen['reload']>(),
    showCaptionsOf: () => undefined,
    dispose: () => media.remove(),
  };
}

/** A page with the element, with fake screens and a host app that the test controls. */
export class ElementWorld {
  /** The page. */
  readonly page: HappyPage = new HappyPage();
  /** All screens so far. */
  readonly screens: FakeScreen[] = [];
  /** Whether a player can be loaded. */
  canOpen = true;
  /** The grant of a video. */
  grant: (videoId: string) => Playback = fileGrant;
  /** A promise that delays the host app's answer. */
  gate: Promise<void> | undefined;
  /** The transport to the host app. */
  readonly transport: PlaybackTransport = {
    getPlaybackUrl: async (videoId) => {
      await this.gate;
      return this.grant(videoId);
    },
  };

  /** In place of `openVideoJsScreen`. */
  async open(parent: HTMLElement, settings: ScreenSettings): Promise<Screen> {
    if (!this.canOpen) throw new Error('The player cannot be loaded.');
    const screen = fakeScreen(parent, settings);
    this.screens.push(screen);
    return screen;
  }

  /** Enters the page and defines the element in it, with the modules that the test file has replaced. */
  async define(): Promise<void> {
    this.page.enter();
    // Imported only now, since the class extends the page's own HTMLElement.
    vi.resetModules();
    (await import('../src/element/define-player-element.ts')).definePlayerElement();
  }

  /** Before each test: the page, as it is at first. */
  enter(): void {
    this.page.enter();
    this.screens.length = 0;
    this.canOpen = true;
    this.gate = undefined;
    this.grant = fileGrant;
  }

  /** Adds a player to the page. */
  async put(attributes: Readonly<Record<string, string>> = {}): Promise<VideoStoragePlayerElement> {
    const player = document.createElement('video-storage-player');
    player.transport = this.transport;
    for (const [name, value] of Object.entries({ 'video-id': 'a', ...attributes })) player.setAttribute(name, value);
    document.body.append(player);
    await turned();
    return player;
  }

  /** The newest screen. */
  last(): FakeScreen {
    const screen = this.screens.at(-1);
    if (screen === undefined) throw new Error('There is no screen.');
    return screen;
  }
}

function fileGrant(videoId: string): Playback {
  return { videoId, ...FILE, ...TIMES, sources: [{ ...FILE, mimeType: 'video/mp4' }] };
}

/** Resolves when all work that needs no timer is done. */
export async function turned(): Promise<void> {
  for (let round = 0; round < 30; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Sets an attribute, and lets the player follow. */
export async function change(player: VideoStoragePlayerElement, name: string, value: string): Promise<void> {
  player.setAttribute(name, value);
  await turned();
}

/** A part of the player, by its name. */
export function partOf(player: VideoStoragePlayerElement, part: string): HTMLElement {
  const found = player.shadowRoot?.querySelector<HTMLElement>(`[part=${part}]`);
  if (!found) throw new Error(`There is no ${part}.`);
  return found;
}
