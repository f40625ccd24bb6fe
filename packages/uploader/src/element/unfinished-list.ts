import { makeElement } from './make-element.ts';
import { placeRows } from './place-rows.ts';
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
  /** Rows by everything that they show. */
  #rows: ReadonlyMap<string, HTMLLIElement> = new Map();

  constructor(actions: UnfinishedActions) {
    this.#actions = actions;
    this.element = makeElement('div', { children: [this.#heading, this.#list] });
    this.element.hidden = true;
  }

  /** Replaces the rows that have changed. While no files are accepted, uploads can only be discarded. */
  show(uploads: readonly Unfinished[], texts: UploaderTexts, isDisabled: boolean): void {
    const { unfinished, unfinishedFile, chooseAgain, discard } = texts;
    const rows = new Map<string, HTMLLIElement>();
    for (const upload of uploads) {
      const named = texts.actionOn({ label: discard, fileName: upload.fileName });
      const key = JSON.stringify([upload.uploadReference, unfinishedFile(upload), chooseAgain, discard, named]);
      const row = this.#rows.get(key) ?? this.#row(upload, texts);
      const choose = row.querySelector('button');
      if (choose !== null) choose.disabled = isDisabled;
      rows.set(key, row);
    }
    this.#rows = rows;
    if (this.#heading.textContent !== unfinished) this.#heading.textContent = unfinished;
    placeRows(this.#list, [...rows.values()]);
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
    const choose = button('choose-again', texts.chooseAgain, () => this.#actions.choose(upload));
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
