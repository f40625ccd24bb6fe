import { makeElement } from './make-element.ts';
import type { FileWords, UploaderTexts } from './uploader-texts.ts';

/** An unfinished upload of this browser. */
export interface Unfinished extends FileWords {
  /** The host app's handle of the upload. */
  readonly uploadReference: string;
}

/** The actions on an unfinished upload. */
export interface UnfinishedActions {
  /** Opens the file dialog for this upload's file. */
  choose(upload: Unfinished): void;
  /** Cancels the upload and releases what it holds. */
  discard(upload: Unfinished): void;
}

/** The list of unfinished uploads, each with buttons to continue and to discard it. */
export class UnfinishedList {
  /** Heading and list; hidden while the list is empty. */
  readonly element: HTMLElement;
  readonly #heading = makeElement('p', { part: 'heading', attributes: { id: 'unfinished' } });
  readonly #list = makeElement('ul', {
    part: 'unfinished',
    attributes: { role: 'list', 'aria-labelledby': 'unfinished' },
  });
  readonly #actions: UnfinishedActions;
  #shown = '';

  constructor(actions: UnfinishedActions) {
    this.#actions = actions;
    this.element = makeElement('div', { children: [this.#heading, this.#list] });
    this.element.hidden = true;
  }

  /** Replaces the list; does nothing when nothing changed. While no files are taken, none can be chosen, only discarded. */
  show(uploads: readonly Unfinished[], texts: UploaderTexts, isDisabled: boolean): void {
    const rows = uploads.map((upload) => [upload.uploadReference, texts.unfinishedFile(upload)]);
    const shown = JSON.stringify([texts.unfinished, texts.chooseAgain, texts.discard, isDisabled, rows]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#heading.textContent = texts.unfinished;
    this.#list.replaceChildren(...uploads.map((upload) => this.#row(upload, texts, isDisabled)));
    this.element.hidden = uploads.length === 0;
  }

  #row(upload: Unfinished, texts: UploaderTexts, isDisabled: boolean): HTMLLIElement {
    const button = (part: string, label: string, act: () => void) => {
      const made = makeElement('button', {
        part: `button ${part}`,
        text: label,
        attributes: { type: 'button', 'aria-label': texts.actionOn({ label, fileName: upload.fileName }) },
      });
      made.addEventListener('click', act);
      return made;
    };
    const choose = button('choose-again', texts.chooseAgain, () => this.#actions.choose(upload));
    choose.disabled = isDisabled;
    const discard = button('discard', texts.discard, () => this.#actions.discard(upload));
    const actions = makeElement('div', { part: 'actions', children: [choose, discard] });
    const sentence = makeElement('p', {
      part: 'state',
      text: texts.unfinishedFile(upload),
      attributes: { dir: 'auto' },
    });
    return makeElement('li', { part: 'file', attributes: { tabindex: '-1' }, children: [sentence, actions] });
  }
}
