import type { ResumableUpload, Uploader } from '../uploader.ts';

/** The unfinished uploads of a queue, as the host app answered last. */
export class UnfinishedUploads {
  readonly #onAnswer: () => void;
  #all: readonly ResumableUpload[] = [];
  /** The last question: answers to earlier ones are out of date, or of another queue. */
  #asked: Promise<readonly ResumableUpload[]> | undefined;

  /** `onAnswer` is called when they may have changed. */
  constructor(onAnswer: () => void) {
    this.#onAnswer = onAnswer;
  }

  /** Those of a context; of all contexts where it is undefined. */
  of(contextId: string | undefined): readonly ResumableUpload[] {
    return this.#all.filter((each) => contextId === undefined || each.contextId === contextId);
  }

  /** Knows none before the next answer: they were another queue's. */
  forget(): void {
    this.#all = [];
  }

  /** Asks again. Without a queue no answer is awaited any more. */
  ask(uploader: Uploader | undefined): void {
    const asked = uploader?.resumable();
    this.#asked = asked;
    asked?.then(
      (all) => {
        if (asked !== this.#asked) return;
        this.#all = all;
        this.#onAnswer();
      },
      // The host app cannot be reached: they stay as they were, and the next question may be answered.
      () => undefined,
    );
  }
}
