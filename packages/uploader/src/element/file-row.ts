import type { UploadPhase } from '../upload-handle.ts';
import { makeElement } from './make-element.ts';
import type { FileAction, ProgressWords, UploaderTexts } from './uploader-texts.ts';

/** In the order of the buttons: the likely ones first, those that cannot be undone last. */
const ACTIONS: readonly FileAction[] = ['pause', 'resume', 'retry', 'up', 'down', 'cancel', 'remove'];
/** Phases with a progress bar. */
const WITH_BAR: ReadonlySet<UploadPhase> = new Set(['sending', 'paused', 'offline', 'confirming']);

/** The content of a row. */
export interface FileView {
  /** Phase of the upload. */
  readonly phase: UploadPhase;
  /** Its progress. */
  readonly progress: ProgressWords;
  /** Why it failed. */
  readonly sentence?: string | undefined;
  /** The buttons that are shown. */
  readonly actions: ReadonlySet<FileAction>;
}

let rows = 0;

/** One row of the list: name, size, bar, phase and buttons. Its nodes are reused, so that the focus stays. */
export class FileRow {
  /** The list item. */
  readonly element: HTMLLIElement;
  readonly #size = makeElement('span', { part: 'size' });
  readonly #state = makeElement('p', { part: 'state' });
  readonly #sentence = makeElement('p', { part: 'sentence' });
  readonly #fill = makeElement('div', { part: 'fill' });
  readonly #bar: HTMLElement;
  readonly #buttons: ReadonlyMap<FileAction, HTMLButtonElement>;

  /** `act` is called with each button that is pressed. */
  constructor(fileName: string, act: (action: FileAction) => void) {
    rows += 1;
    const id = `name-${rows}`;
    const name = makeElement('span', { part: 'name', text: fileName, attributes: { id, dir: 'auto' } });
    this.#bar = makeElement('div', {
      part: 'bar',
      attributes: { role: 'progressbar', 'aria-labelledby': id, 'aria-valuemin': '0', 'aria-valuemax': '100' },
      children: [this.#fill],
    });
    this.#buttons = new Map(
      ACTIONS.map((action) => {
        const button = makeElement('button', { part: `button ${action}`, attributes: { type: 'button' } });
        button.addEventListener('click', () => act(action));
        return [action, button];
      }),
    );
    const actions = makeElement('div', { part: 'actions', children: [...this.#buttons.values()] });
    this.element = makeElement('li', {
      part: 'file',
      attributes: { tabindex: '-1', 'aria-labelledby': id },
      children: [name, this.#size, this.#bar, this.#state, this.#sentence, actions],
    });
  }

  /** Updates the row; touches only what has changed. */
  show({ phase, progress, sentence = '', actions }: FileView, texts: UploaderTexts): void {
    this.element.dataset['phase'] = phase;
    const hasBar = WITH_BAR.has(phase);
    this.#bar.hidden = !hasBar;
    this.#bar.setAttribute('aria-valuenow', String(progress.percent));
    this.#bar.setAttribute('aria-valuetext', texts.progressValue(progress));
    // Set through the CSSOM, which a Content-Security-Policy allows, unlike a style attribute.
    this.#fill.style.transform = `scaleX(${progress.percent / 100})`;
    write(this.#size, texts.size(progress.sizeBytes));
    const state = texts.phases[phase];
    write(this.#state, hasBar ? `${state} · ${texts.progress(progress)}` : state);
    write(this.#sentence, sentence);
    this.#sentence.hidden = sentence === '';
    for (const [action, button] of this.#buttons) {
      button.hidden = !actions.has(action);
      const label = texts.actions[action];
      write(button, label);
      button.setAttribute('aria-label', texts.actionOn({ label, fileName: progress.fileName }));
    }
  }
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
