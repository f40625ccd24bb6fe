import { playerStyle } from './player-style.ts';
import type { PlayerTexts } from './player-texts.ts';

/** A notice: its text, and how it is shown. */
export interface Notice {
  /** Chooses its text from the texts that are set when it is shown. */
  readonly text: (texts: PlayerTexts) => string;
  /** Whether it is announced at once, as a failure is, or when the screen reader has time, as a state is. */
  readonly isFailure: boolean;
  /** Whether the notice fills the element, because nothing plays. */
  readonly isAlone: boolean;
  /** Called by a button, which is only shown with it. */
  readonly onRetry?: (() => void) | undefined;
}

/**
 * The content of the element's shadow root: made only by DOM calls, so that no text from outside is ever parsed as markup
 * (T-L1).
 */
export class PlayerView {
  /** The container of the screens. */
  readonly stage: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #notice: HTMLElement;
  readonly #text: HTMLElement;
  readonly #retry: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #poster: HTMLImageElement;
  #texts: PlayerTexts;
  #shown: Notice | undefined;
  /** Name of the video for screen readers; undefined where only the texts have one. */
  #label: string | undefined;

  constructor(root: ShadowRoot, texts: PlayerTexts, onStart: () => void) {
    this.#root = root;
    this.#texts = texts;
    this.#poster = document.createElement('img');
    this.#poster.setAttribute('part', 'poster');
    this.#poster.alt = '';
    this.#poster.hidden = true;
    this.stage = part('div', 'stage');
    this.#start = part('button', 'start');
    this.#start.type = 'button';
    this.#start.hidden = true;
    this.#start.addEventListener('click', onStart);
    this.#notice = part('div', 'notice');
    this.#notice.hidden = true;
    this.#text = part('p', 'text');
    this.#retry = part('button', 'retry');
    this.#retry.type = 'button';
    this.#retry.addEventListener('click', () => this.#shown?.onRetry?.());
    this.#notice.append(this.#text, this.#retry);
    root.append(this.#poster, this.stage, this.#start, this.#notice);
  }

  /** Applies the style sheet for this document, in which it is shown from now on. */
  styleIn(ownerDocument: Document): void {
    this.#root.adoptedStyleSheets = [playerStyle(ownerDocument)];
  }

  /**
   * Sets the still picture of the current video, for the time while no frame is shown; undefined removes it. A framed player
   * keeps its own.
   */
  set poster(posterUrl: string | undefined) {
    for (const video of this.stage.querySelectorAll('video')) {
      if (posterUrl === undefined) video.removeAttribute('poster');
      else if (video.poster !== posterUrl) video.poster = posterUrl;
    }
  }

  /** Whether the focus is in the shadow root: when the focused part is removed, the focus must move on. */
  get hasFocus(): boolean {
    return this.#root.activeElement !== null;
  }

  /** Whether the button of `showStart` is shown. */
  get isStartShown(): boolean {
    return !this.#start.hidden;
  }

  /** Replaces the texts, also those that are shown now. */
  set texts(texts: PlayerTexts) {
    this.#texts = texts;
    this.#write();
  }

  /** Focuses the button of the notice. */
  focusRetry(): void {
    this.#retry.focus({ preventScroll: true });
  }

  /** Names the video for screen readers, also while it plays; undefined: as the texts do. */
  set label(label: string | undefined) {
    this.#label = label;
    this.#write();
  }

  /** Shows a button before anything is loaded, with a picture if there is one. */
  showStart(posterUrl: string | undefined): void {
    this.#start.hidden = false;
    this.#poster.hidden = posterUrl === undefined;
    if (posterUrl !== undefined) this.#poster.src = posterUrl;
    this.#write();
  }

  /** Hides the button and its picture. */
  hideStart(): void {
    this.#start.hidden = true;
    this.#poster.hidden = true;
  }

  /** Shows a notice in place of the last one; undefined hides it. */
  show(notice: Notice | undefined): void {
    this.#shown = notice;
    this.#notice.hidden = notice === undefined;
    // A live region that is filled after it is shown is announced.
    this.#text.setAttribute('role', notice?.isFailure ? 'alert' : 'status');
    this.#notice.toggleAttribute('data-alone', notice?.isAlone ?? false);
    this.#retry.hidden = notice?.onRetry === undefined;
    this.#text.textContent = '';
    this.#write();
  }

  #write(): void {
    const texts = this.#texts;
    write(this.#text, this.#shown?.text(texts) ?? '');
    write(this.#retry, texts.retry);
    write(this.#start, texts.play);
    // In a list of videos each button is named after its own; the visible text comes first, for speech input.
    if (this.#label === undefined) this.#start.removeAttribute('aria-label');
    else this.#start.setAttribute('aria-label', `${texts.play}: ${this.#label}`);
    for (const player of this.stage.querySelectorAll('video, iframe')) {
      player.setAttribute(player.localName === 'iframe' ? 'title' : 'aria-label', this.#label ?? texts.player);
    }
  }
}

/** Unchanged text is not written again, since a live region would announce it twice. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function part<Name extends keyof HTMLElementTagNameMap>(name: Name, partName: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.setAttribute('part', partName);
  return element;
}
