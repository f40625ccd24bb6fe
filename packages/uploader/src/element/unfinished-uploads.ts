import type { ResumableUpload, Uploader } from '../uploader.ts';
import { makeElement } from './make-element.ts';
import type { Unfinished, UnfinishedActions, UnfinishedList } from './unfinished-list.ts';
import type { UploaderTexts } from './uploader-texts.ts';

/** The unfinished uploads of a queue, as the host app answered last, and their list, which is loaded with the first of them. */
export class UnfinishedUploads {
  /** Contains the list. */
  readonly element: HTMLElement = makeElement('div');
  readonly #actions: UnfinishedActions;
  readonly #onChange: () => void;
  #list: UnfinishedList | undefined;
  /** Whether loading has begun since the last request: a failed one is not repeated at each report of progress. */
  #isTried = false;
  #all: readonly ResumableUpload[] = [];
  /** The last request: answers to earlier ones are outdated, or of another queue. */
  #asked: Promise<readonly ResumableUpload[]> | undefined;

  /** `onChange` is called when they must be rendered again. */
  constructor(actions: UnfinishedActions, onChange: () => void) {
    this.#actions = actions;
    this.#onChange = onChange;
  }

  /** Those of a context; of all contexts where it is undefined. */
  of(contextId: string | undefined): readonly ResumableUpload[] {
    return this.#all.filter((each) => contextId === undefined || each.contextId === contextId);
  }

  /** Forgets all before the next answer: they were another queue's. */
  forget(): void {
    this.#all = [];
  }

  /** Requests them again, and lets the list be loaded again after a failure. Without a queue no answer is awaited any more. */
  ask(uploader: Uploader | undefined): void {
    this.#isTried = false;
    const asked = uploader?.resumable();
    this.#asked = asked;
    asked?.then(
      (all) => {
        if (asked !== this.#asked) return;
        this.#all = all;
        this.#onChange();
      },
      // The host app cannot be reached: they stay as they were, and the next request may succeed.
      () => undefined,
    );
  }

  /** Replaces what the list shows. */
  show(uploads: readonly Unfinished[], texts: UploaderTexts, isDisabled: boolean): void {
    if (this.#list === undefined && !this.#isTried && uploads.length > 0) void this.#load();
    this.#list?.show(uploads, texts, isDisabled);
  }

  async #load(): Promise<void> {
    this.#isTried = true;
    // Offline, or the file of an earlier deployment is gone.
    const module = await import('./unfinished-list.ts').catch(() => undefined);
    if (module === undefined || this.#list !== undefined) return;
    this.#list = new module.UnfinishedList(this.#actions);
    this.element.append(this.#list.element);
    this.#onChange();
  }
}
