import { makeElement } from './make-element.ts';
import type { FileWords, UploaderTexts } from './uploader-texts.ts';

/** An upload of this browser that can go on. */
export interface Unfinished extends FileWords {
  /** Its handle at the host. */
  readonly uploadReference: string;
}

/** What a person can do with an unfinished upload. */
export interface UnfinishedActions {
  /** Opens the file dialog, for this upload's file. */
  choose(upload: Unfinished): void;
  /** Ends the upload and releases what it holds. */
  discard(upload: Unfinished): void;
}

/** The uploads that this browser has begun and not finished, each with what a person can do about it. */
export class UnfinishedList {
  /** Heading and list; hidden while there is none. */
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

  /** Shows these and no others. */
  show(uploads: readonly Unfinished[], texts: UploaderTexts): void {
    const rows = uploads.map((upload) => [upload.uploadReference, texts.unfinishedFile(upload)]);
    const shown = JSON.stringify([texts.unfinished, texts.chooseAgain, texts.discard, rows]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#heading.textContent = texts.unfinished;
    this.#list.replaceChildren(...uploads.map((upload) => this.#row(upload, texts)));
    this.element.hidden = uploads.length === 0;
  }

  #row(upload: Unfinished, texts: UploaderTexts): HTMLLIElement {
    const button = (part: string, label: string, act: () => void) => {
      const made = makeElement('button', {
        part: `button ${part}`,
        text: label,
        attributes: { type: 'button', 'aria-label': texts.actionOn({ label, fileName: upload.fileName }) },
      });
      made.addEventListener('click', act);
      return made;
    };
    const actions = makeElement('div', {
      part: 'actions',
      children: [
        button('choose-again', texts.chooseAgain, () => this.#actions.choose(upload)),
        button('discard', texts.discard, () => this.#actions.discard(upload)),
      ],
    });
    const sentence = makeElement('p', {
      part: 'state',
      text: texts.unfinishedFile(upload),
      attributes: { dir: 'auto' },
    });
    return makeElement('li', { part: 'file', attributes: { tabindex: '-1' }, children: [sentence, actions] });
  }
}
