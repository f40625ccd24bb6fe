import { playerStyle } from './player-style.ts';
import type { PlayerTexts } from './player-texts.ts';

/** What a notice says, and whether anything is seen beside it. */
export interface Notice {
  readonly text: string;
  /** A failure is read out at once; a state when there is time. */
  readonly isFailure: boolean;
  /** Nothing plays: the notice fills the element. */
  readonly isAlone: boolean;
  /** Offers a button. */
  readonly onRetry?: (() => void) | undefined;
}

/** What stands in the element's shadow: made by DOM calls alone, so that no text from outside is ever read as markup (T-L1). */
export class PlayerView {
  /** Where screens stand. */
  readonly stage: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #notice: HTMLElement;
  readonly #text: HTMLElement;
  readonly #retry: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #poster: HTMLImageElement;
  #onRetry: (() => void) | undefined;

  constructor(root: ShadowRoot, onStart: () => void) {
    this.#root = root;
    root.adoptedStyleSheets = [playerStyle()];
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
    this.#retry.addEventListener('click', () => this.#onRetry?.());
    this.#notice.append(this.#text, this.#retry);
    root.append(this.#poster, this.stage, this.#start, this.#notice);
  }

  /** Whether the keyboard is in here: what is taken away must then give the focus to what follows it. */
  get hasFocus(): boolean {
    return this.#root.activeElement !== null;
  }

  /** Gives the focus to the button of the notice. */
  focusRetry(): void {
    this.#retry.focus({ preventScroll: true });
  }

  /** Shows a button before anything is loaded, and perhaps a picture. */
  showStart(texts: PlayerTexts, posterUrl: string | undefined): void {
    this.#start.textContent = texts.play;
    this.#start.hidden = false;
    this.#poster.hidden = posterUrl === undefined;
    if (posterUrl !== undefined) this.#poster.src = posterUrl;
  }

  /** Takes the button and its picture away. */
  hideStart(): void {
    this.#start.hidden = true;
    this.#poster.hidden = true;
  }

  /** Says something; undefined says nothing. */
  say(notice: Notice | undefined, texts: PlayerTexts): void {
    this.#notice.hidden = notice === undefined;
    // A live region that is filled after it is shown is read out.
    this.#text.setAttribute('role', notice?.isFailure ? 'alert' : 'status');
    this.#text.textContent = notice?.text ?? '';
    this.#notice.toggleAttribute('data-alone', notice?.isAlone ?? false);
    this.#retry.textContent = texts.retry;
    this.#onRetry = notice?.onRetry;
    this.#retry.hidden = this.#onRetry === undefined;
  }
}

function part<Name extends keyof HTMLElementTagNameMap>(name: Name, partName: string): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.setAttribute('part', partName);
  return element;
}
