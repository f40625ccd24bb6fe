import type { UploadHandle } from '../upload-handle.ts';
import { failureSentence } from './failure-sentence.ts';
import { fileActions } from './file-actions.ts';
import { FileRow } from './file-row.ts';
import { makeElement } from './make-element.ts';
import { placeRows } from './place-rows.ts';
import { fileWords, progressWords } from './progress-words.ts';
import type { FileAction, UploaderTexts } from './uploader-texts.ts';

/** A file that was refused before an upload began, or whose unfinished upload could not be discarded. */
export interface RefusedFile {
  /** The file; of an unfinished upload, what is remembered of it. */
  readonly file: Pick<File, 'name' | 'size'>;
  /** Of an unfinished upload: its newest refusal replaces the row of the one before. */
  readonly uploadReference?: string;
  /** The message for the user. */
  readonly sentence: string;
}

/** What the list shows. */
export interface UploadListView {
  /** Uploads, in the order of the queue. */
  readonly uploads: readonly UploadHandle[];
  /** Files that were refused. */
  readonly refused: readonly RefusedFile[];
  /** Common names of the accepted types. */
  readonly types: readonly string[];
  /** Whether the list is full: then no failed upload can be tried again. */
  readonly isFull: boolean;
}

/** Called for the buttons of the list. */
export interface UploadListActions {
  /** A button of an upload was pressed. */
  act(action: FileAction, handle: UploadHandle): void;
  /** The refused file is to be removed from the list. */
  dismiss(refused: RefusedFile): void;
}

/** The list: uploads in the order of the queue, then refused files. The row of a file is the same node until it is removed. */
export class UploadList {
  /** The list itself. */
  readonly element: HTMLUListElement = makeElement('ul', { part: 'list', attributes: { role: 'list' } });
  readonly #actions: UploadListActions;
  #rows: ReadonlyMap<string | RefusedFile, FileRow> = new Map();

  constructor(actions: UploadListActions) {
    this.#actions = actions;
  }

  /** Replaces the rows. */
  show({ uploads, refused, types, isFull }: UploadListView, texts: UploaderTexts): void {
    this.element.setAttribute('aria-label', texts.list);
    const rows = new Map<string | RefusedFile, FileRow>();
    for (const handle of uploads) {
      const act = (action: FileAction) => this.#actions.act(action, handle);
      const row = this.#rows.get(handle.id) ?? new FileRow(fileWords(handle.file).fileName, act);
      const { phase, error } = handle;
      const failure = { ...fileWords(handle.file), types };
      const sentence = phase === 'failed' ? failureSentence(error, failure, texts) : undefined;
      const actions = fileActions(handle, uploads, isFull);
      row.show({ phase, progress: progressWords(handle), sentence, actions }, texts);
      rows.set(handle.id, row);
    }
    for (const file of refused) {
      const words = fileWords({ name: file.file.name, sizeBytes: file.file.size });
      const row = this.#rows.get(file) ?? new FileRow(words.fileName, () => this.#actions.dismiss(file));
      const progress = { ...words, percent: 0, sentBytes: 0, bytesPerSecond: 0 };
      row.show({ phase: 'failed', progress, sentence: file.sentence, actions: new Set(['remove']) }, texts);
      rows.set(file, row);
    }
    this.#rows = rows;
    placeRows(
      this.element,
      [...rows.values()].map(({ element }) => element),
    );
  }
}
