import type { Browser, CDPSession, Page, Route } from 'playwright-core';
import type {} from '../src/element/define-player-element.ts';
import type { WatchedHost } from './watched-host.ts';

const LOOK_EVERY_MS = 50;

/** Limit for an answer of the page, which normally takes milliseconds: a missing one is reported instead of a hanging test. */
const ANSWER_TIMEOUT_MS = 60_000;

/** One sample of the player's state. */
export interface Sample {
  /** When it was taken, by the page's monotonic clock. */
  readonly atMs: number;
  readonly position: number;
  /**
   * The position of the picture that is visible, by the browser's own `<video>`, also inside a frame: the element's is never
   * before the one from which a new source continues. Undefined while there is no picture, or a seek is under way.
   */
  readonly picture?: number;
  readonly paused: boolean;
  readonly playbackRate: number;
}

/** State for the message of a wait that failed. */
const STATE =
  'JSON.stringify([player.currentTime, player.paused, player.renewals, player.error, player.shadowRoot.textContent, events.slice(-12)])';

/** What a page has recorded of its player. */
export interface Watched {
  readonly samples: readonly Sample[];
  readonly events: readonly string[];
}

/** A page with a player, which records samples and events. */
export class WatchedPage {
  readonly page: Page;
  /** Errors of the page's script, and violations of its Content-Security-Policy. */
  readonly faults: string[] = [];
  /** Requests that `refuseUntilRenewed` has refused. */
  refused = 0;
  /** Requests that `withholdFirst` has not answered. */
  withheld = 0;
  #devtools: CDPSession | undefined;

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.faults.push(message.text());
    });
  }

  /** Opens the host app's page with a player of these attributes. */
  static async open(
    browser: Browser,
    host: WatchedHost,
    attributes: Readonly<Record<string, string>>,
  ): Promise<WatchedPage> {
    const watched = new WatchedPage(await browser.newPage());
    await watched.page.addInitScript(reportPicture);
    await watched.page.goto(host.origin);
    await watched.page.evaluate(() => customElements.whenDefined('video-storage-player').then(() => undefined));
    const embed = host.backend.embedScriptUrl;
    await watched.page.evaluate(openPlayer, { ...(embed && { 'embed-script-url': embed }), ...attributes });
    return watched;
  }

  /** Plays, and waits until the position advances. */
  async play(): Promise<void> {
    await answered(
      'play',
      this.page.evaluate(() => document.querySelector('video-storage-player')?.play()),
    );
    await this.waitFor('player.currentTime > 0.2');
  }

  /** Pauses; the position where it stands. */
  async pause(): Promise<number> {
    await this.look('player.pause()');
    await this.waitFor('player.paused');
    return Number(await this.look('player.currentTime'));
  }

  /** Plays until a position; the samples since the call. */
  async playOn(position: number): Promise<readonly Sample[]> {
    await this.look('void (samples.length = 0, player.play())');
    await this.waitFor(`player.currentTime > ${position}`);
    return (await this.watched()).samples;
  }

  /**
   * Plays for a second at a position that is not loaded yet, while requests for the video are refused until the grant is
   * renewed; the samples since the call.
   */
  async playRefused(host: WatchedHost, position: number): Promise<readonly Sample[]> {
    await this.waitFor(`player.duration > ${position} + 2`);
    await this.refuseUntilRenewed(host);
    await this.look(`void (player.currentTime = ${position})`);
    return this.playOn(position + 1);
  }

  /**
   * Waits for a condition on `player`, `samples` and `events`. Evaluated by the driver, since the page's policy forbids
   * `eval`.
   */
  async waitFor(condition: string, timeoutMs = 60_000): Promise<void> {
    const endsAt = Date.now() + timeoutMs;
    while (!(await this.look(condition))) {
      if (Date.now() > endsAt) throw new Error(`Not in time: ${condition}; ${await this.look(STATE)}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  /** The value of an expression on `player`, `samples` and `events`. */
  look(expression: string): Promise<unknown> {
    return answered(
      expression,
      this.page.evaluate(`(() => {
        const player = document.querySelector('video-storage-player');
        const { samples, events } = window.watched;
        return ${expression};
      })()`),
    );
  }

  /** The records so far. */
  watched(): Promise<Watched> {
    return answered('watched', this.page.evaluate<Watched>('window.watched'));
  }

  /** The text of the element. */
  async words(): Promise<string> {
    return String(
      await this.look(
        "[...player.shadowRoot.querySelectorAll('[part=notice]:not([hidden]) [part=text]')].map((each) => each.textContent).join()",
      ),
    );
  }

  /** Refuses every request for the video, like one with an expired grant, until the page has requested another grant. */
  async refuseUntilRenewed(host: WatchedHost): Promise<void> {
    const { grants } = host;
    await this.#routeVideo(host, (route) => {
      if (host.grants > grants) return route.fallback();
      this.refused += 1;
      return route.fulfill({ status: 403, headers: { 'Access-Control-Allow-Origin': host.origin } });
    });
  }

  /** Answers no request for the video that is made with the next grant, only with those after it. */
  async withholdFirst(host: WatchedHost): Promise<void> {
    const { grants } = host;
    await this.#routeVideo(host, (route) => {
      if (host.grants > grants + 1) return route.fallback();
      this.withheld += 1;
      return undefined;
    });
  }

  #routeVideo(host: WatchedHost, answer: (route: Route) => Promise<void> | undefined): Promise<unknown> {
    const isOfVideo = (url: string) =>
      url.startsWith(`${host.origin}/api/video/media/`) ||
      (host.backend.origins.some((origin) => url.startsWith(origin)) && !/\/iframe\b|\/embed\//.test(url));
    return this.page.route((url) => isOfVideo(url.href), answer);
  }

  /**
   * Stops the page's scripts while time passes, as a sleeping computer does. No call to the page is allowed until it is
   * woken.
   */
  async sleep(): Promise<void> {
    this.#devtools ??= await this.page.context().newCDPSession(this.page);
    const devtools = this.#devtools;
    await answered('Debugger.enable', devtools.send('Debugger.enable'));
    const stopped = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
    await answered('Debugger.pause', devtools.send('Debugger.pause'));
    await answered('Debugger.paused', stopped);
  }

  /** Sleeps until the grant has expired, and one that the page may be requesting meanwhile. */
  async sleepPastGrant(lifetimeSeconds: number): Promise<void> {
    const endsAt = Date.parse(String(await this.look('player.playback.expiresAt'))) + lifetimeSeconds * 1000 + 500;
    await this.sleep();
    await new Promise((resolve) => setTimeout(resolve, endsAt - Date.now()));
  }

  /** Lets the page's scripts continue. */
  async wake(): Promise<void> {
    const devtools = this.#devtools;
    if (devtools === undefined) throw new Error('The page does not sleep.');
    await answered('Debugger.resume', devtools.send('Debugger.resume'));
    await answered('Debugger.disable', devtools.send('Debugger.disable'));
  }

  /** Closes the page. */
  async close(): Promise<void> {
    await this.page.close();
  }
}

async function answered<T>(what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The page does not answer: ${what}`)), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs in each frame of a player: reports the picture's position to the page. */
function reportPicture(): void {
  if (window.parent === window) return;
  setInterval(() => {
    const video = document.querySelector('video');
    const isShown = video !== null && video.readyState >= 2 && !video.seeking && video.error === null;
    window.parent.postMessage({ picture: isShown ? video.currentTime : null }, '*');
  }, 25);
}

/** Runs in the page. */
function openPlayer(attributes: Readonly<Record<string, string>>): void {
  const player = document.createElement('video-storage-player');
  for (const [name, value] of Object.entries(attributes)) player.setAttribute(name, value);
  const watched: { samples: Sample[]; events: string[] } = { samples: [], events: [] };
  Object.assign(window, { watched });
  const types = [
    'renewed',
    'ended-by-host',
    'seen-until',
    'error',
    'play',
    'pause',
    'playing',
    'waiting',
    'seeking',
    'ended',
    'emptied',
    'volumechange',
  ];
  for (const type of types) {
    player.addEventListener(type, (event) => {
      const detail = event instanceof CustomEvent ? ` ${JSON.stringify(event.detail)}` : '';
      watched.events.push(`${type}${detail}`);
      if (event.type === 'ended-by-host') Object.assign(watched, { endedByHostMs: Date.now() });
    });
  }
  const pictures = new Map<unknown, number>();
  window.addEventListener('message', ({ source, data }) => {
    if (typeof data?.picture === 'number') pictures.set(source, data.picture);
    else if (data?.picture === null) pictures.delete(source);
  });
  const pictureOf = () => {
    const screen = player.shadowRoot?.querySelector('.screen:not([data-waiting])');
    if (screen instanceof HTMLIFrameElement) return pictures.get(screen.contentWindow);
    const video = screen?.querySelector('video');
    const isShown = video && video.readyState >= 2 && !video.seeking && video.error === null;
    return isShown ? video.currentTime : undefined;
  };
  const look = () => {
    const { currentTime: position, paused, playbackRate } = player;
    const picture = pictureOf();
    watched.samples.push({
      atMs: performance.now(),
      position,
      paused,
      playbackRate,
      ...(picture !== undefined && { picture }),
    });
  };
  setInterval(look, 50);
  document.querySelector('main')?.append(player);
}

/**
 * The longest time for which the position did not move, counted in the page's own samples, one every 50 ms: samples that a
 * busy machine misses do not count against the player.
 */
export function longestStallMs(samples: readonly Sample[]): number {
  let [longest, still] = [0, 0];
  for (const [index, { position }] of samples.entries()) {
    still = position > (samples[index - 1]?.position ?? -1) ? 0 : still + LOOK_EVERY_MS;
    longest = Math.max(longest, still);
  }
  return longest;
}

/** How far the position went back, at most, from one sample to the next. */
export function furthestBack(samples: readonly Sample[]): number {
  return samples.reduce((furthest, sample, index) => {
    const before = samples[index - 1];
    return before === undefined ? furthest : Math.max(furthest, before.position - sample.position);
  }, 0);
}

/** How far the picture went back, at most, from one that was seen to the next, in seconds. */
export function furthestPictureBack(samples: readonly Sample[]): number {
  const pictures = samples.flatMap(({ picture }) => (picture === undefined ? [] : [picture]));
  return pictures.reduce((furthest, picture, index) => Math.max(furthest, (pictures[index - 1] ?? 0) - picture), 0);
}

/**
 * How far the position went ahead of the time that passed, at most, from one sample to the next, in seconds: what a viewer
 * did not see. A seek counts too.
 */
export function furthestAhead(samples: readonly Sample[]): number {
  return samples.reduce((furthest, { atMs, position, playbackRate }, index) => {
    const before = samples[index - 1];
    if (before === undefined) return furthest;
    const passedSeconds = ((atMs - before.atMs) / 1000) * Math.max(playbackRate, before.playbackRate);
    return Math.max(furthest, position - before.position - passedSeconds);
  }, 0);
}
