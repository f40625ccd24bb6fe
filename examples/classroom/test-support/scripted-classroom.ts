import { setTimeout as sleep } from 'node:timers/promises';
import type { ScriptedBrowser } from './scripted-browser.ts';

const TITLE = 'Show us a place you like';
const INPUT = `document.querySelector('video-storage-uploader')?.shadowRoot.querySelector('input[type=file]')`;

/** The state of a player of the page. */
export interface ScriptedPlayer {
  readonly seconds: number;
  readonly isPaused: boolean;
  readonly renewals: number;
  /** By how much the position ever went back. */
  readonly wentBackBySeconds: number;
  /** By how much the picture that is seen ever went back, by the position of the browser's own `<video>`. */
  readonly pictureBackBySeconds: number;
  /** The longest time for which the position stood still while it played. */
  readonly longestStillMs: number;
}

/** The classroom in a browser that is controlled only by scripts. */
export class ScriptedClassroom {
  readonly #browser: ScriptedBrowser;
  readonly #url: string;

  constructor(browser: ScriptedBrowser, url: string) {
    this.#browser = browser;
    this.#url = url;
  }

  /** Signs a person in and reloads the page. */
  async enter(name: string, role: 'student' | 'teacher'): Promise<void> {
    await this.#browser.open(this.#url);
    await this.become(name, role);
    await this.#browser.open(`${this.#url}/?${Date.now()}`);
  }

  /** Changes the session of this browser to another person, without a reload of the page. */
  async become(name: string, role: 'student' | 'teacher'): Promise<void> {
    const status = await this.#browser.run(`
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify(${JSON.stringify({ name, role })});
      return (await fetch('/api/session', { method: 'POST', headers, body })).status;`);
    if (status !== 200) throw new Error(`The classroom answered ${status}.`);
  }

  /** Goes to the assignment of this test. */
  async openAssignment(): Promise<void> {
    await this.#click(`[...document.querySelectorAll('[data-testid=assignment]')]
      .find((each) => each.textContent.includes(${JSON.stringify(TITLE)}))?.querySelector('a')`);
  }

  /** Opens the video of a person, as soon as it is in the list. */
  async openVideo(person: string): Promise<void> {
    await this.#click(`[...document.querySelectorAll('[data-testid=video]')]
      .find((each) => each.textContent.includes(${JSON.stringify(person)}))`);
    await this.#until(`document.querySelector('video-storage-player') !== null`);
  }

  /** Chooses a file in the uploader. */
  async choose(path: string): Promise<void> {
    await this.#until(`(${INPUT} ?? null) !== null`);
    await this.#browser.chooseFile(INPUT, path);
  }

  /** Chooses a file for the upload that this browser has not finished, without opening the browser's dialog. */
  async goOnWith(path: string): Promise<void> {
    await this.#browser.run(`${INPUT}.addEventListener('click', (event) => event.preventDefault(), { once: true })`);
    await this.#click(`[...document.querySelector('video-storage-uploader').shadowRoot.querySelectorAll('button')]
      .find((each) => /Choose the file/.test(each.getAttribute('aria-label') ?? each.textContent))`);
    await this.#browser.chooseFile(INPUT, path);
  }

  /** From now on the page's confirms never leave it: everything is sent, and then nothing happens. */
  async holdConfirms(): Promise<void> {
    await this.#browser.run(`
      const ask = window.fetch;
      window.fetch = (input, init) => {
        if (!/\\/confirm$/.test(String(input.url ?? input))) return ask.call(window, input, init);
        window.isHeld = true;
        return new Promise(() => {});
      };`);
  }

  /** Leaves the page when it would have sent the confirm. */
  async leaveWithoutConfirm(): Promise<void> {
    await this.#until('window.isHeld === true');
    await this.#browser.open('about:blank');
  }

  /** Percent of the file that is being sent; 0 while none is. */
  async percent(): Promise<number> {
    return Number(
      await this.#browser.run(`return Number(document.querySelector('video-storage-uploader')
        ?.shadowRoot.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0)`),
    );
  }

  /** The whole text of the uploader. */
  async uploaderText(): Promise<string> {
    return String(
      await this.#browser.run(`return document.querySelector('video-storage-uploader')?.shadowRoot.textContent ?? ''`),
    );
  }

  /** The message that the page shows. */
  async message(): Promise<string> {
    return String(await this.#browser.run(`return document.querySelector('[data-testid=message]').textContent`));
  }

  /** The text of each video in the list. */
  async videos(): Promise<readonly string[]> {
    const texts = await this.#browser.run(
      `return [...document.querySelectorAll('[data-testid=video]')].map((each) => each.textContent)`,
    );
    return texts as readonly string[];
  }

  /** The history of the open video. */
  async history(): Promise<string> {
    return String(await this.#browser.run(`return document.querySelector('[data-testid=history]')?.textContent ?? ''`));
  }

  /** Deletes the open video, and confirms in the dialog. */
  async deleteOpen(): Promise<void> {
    await this.#click(`document.querySelector('[data-testid=delete]')`);
    await this.#until(`document.querySelector('[data-testid=sure]').open`);
    await this.#click(`document.querySelector('[data-testid=sure-delete]')`);
  }

  /** SHA-256, in hex, of the bytes that the grant of the open video serves. */
  async sha256OfServed(): Promise<string> {
    return String(
      await this.#browser.run(`
        const id = location.hash.split('/').at(-1);
        const headers = { 'Content-Type': 'application/json' };
        const grant = await fetch('/api/video/videos/' + id + '/playback', { method: 'POST', headers, body: '{}' });
        const bytes = await (await fetch((await grant.json()).url)).arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');`),
    );
  }

  /** Plays, and from now on records whether position and picture go back, and for how long they stand still. */
  async play(): Promise<void> {
    await this.#browser.run(`
      const player = document.querySelector('video-storage-player');
      player.muted = true;
      const seen = { position: 0, picture: 0, wentBackBySeconds: 0, pictureBackBySeconds: 0, longestStillMs: 0 };
      let movedAt = performance.now();
      setInterval(() => {
        const position = player.currentTime;
        const video = player.shadowRoot.querySelector('.screen:not([data-waiting]) video');
        if (video !== null && video.readyState >= 2 && !video.seeking && video.error === null) {
          seen.pictureBackBySeconds = Math.max(seen.pictureBackBySeconds, seen.picture - video.currentTime);
          seen.picture = video.currentTime;
        }
        seen.wentBackBySeconds = Math.max(seen.wentBackBySeconds, seen.position - position);
        seen.longestStillMs = Math.max(seen.longestStillMs, position === 0 || player.paused ? 0 : performance.now() - movedAt);
        if (position > seen.position || position === 0 || player.paused) movedAt = performance.now();
        seen.position = position;
      }, 100);
      window.seen = seen;
      await player.play();`);
  }

  /** The state of the player. */
  async player(): Promise<ScriptedPlayer> {
    return (await this.#browser.run(`
      const { currentTime: seconds, paused: isPaused, renewals } = document.querySelector('video-storage-player');
      const { wentBackBySeconds, pictureBackBySeconds, longestStillMs } = window.seen;
      return { seconds, isPaused, renewals, wentBackBySeconds, pictureBackBySeconds, longestStillMs };`)) as ScriptedPlayer;
  }

  async #click(expression: string): Promise<void> {
    await this.#until(`(${expression} ?? null) !== null`);
    await this.#browser.run(`(${expression}).click()`);
  }

  async #until(condition: string): Promise<void> {
    for (let tries = 1; (await this.#browser.run(`return ${condition}`)) !== true; tries += 1) {
      if (tries === 3000) throw new Error(`The page did not reach this condition in time: ${condition}`);
      await sleep(50);
    }
  }
}
