import type { UploadPhase } from '../upload-handle.ts';

/** What a sentence about one file may say. */
export interface FileWords {
  /** The file's name in its safe form, for display. */
  readonly fileName: string;
  /** Size of the file. */
  readonly sizeBytes: number;
}

/** What a sentence about a refusal may say. */
export interface FailureWords extends FileWords {
  /** The sentence of the one who refused, in English. */
  readonly message: string;
  /** What people call the types that are accepted here, for instance `MP4`; empty where the page does not know them. */
  readonly types: readonly string[];
  /** How long to wait before the next attempt; absent when nobody said so. */
  readonly retryAfterSeconds?: number;
}

/** How far a file is, for the line below its bar and for screen readers. */
export interface ProgressWords extends FileWords {
  /** 0–100, rounded down: 100 only when all is sent. */
  readonly percent: number;
  /** Bytes that have arrived. */
  readonly sentBytes: number;
  /** 0 while it is not known. */
  readonly bytesPerSecond: number;
  /** Absent while it is not known. */
  readonly secondsLeft?: number;
}

/** What a person can do with one file. */
export type FileAction = 'pause' | 'resume' | 'retry' | 'up' | 'down' | 'cancel' | 'remove';

/** Everything that the element says. Sentences with values are functions, so that other languages order them as they need. */
export interface UploaderTexts {
  /** The button that opens the file dialog. */
  readonly choose: string;
  /** The same where one video is accepted. */
  readonly chooseOne: string;
  /** Beside the button: the other two ways. */
  readonly drop: string;
  /** Below it: what is accepted. */
  readonly accepted: (words: { readonly maxSizeBytes: number; readonly types: readonly string[] }) => string;
  /** Name of the list of files, for screen readers. */
  readonly list: string;
  /** Labels of the buttons. */
  readonly actions: Readonly<Record<FileAction, string>>;
  /** What a screen reader says of a button; begins with the label, so that it can also be spoken. */
  readonly actionOn: (words: { readonly label: string; readonly fileName: string }) => string;
  /** Where a file stands. */
  readonly phases: Readonly<Record<UploadPhase, string>>;
  /** The line below the bar. */
  readonly progress: (words: ProgressWords) => string;
  /** The same in whole words: the value text of the bar. */
  readonly progressValue: (words: ProgressWords) => string;
  /** Announced when a file enters a phase. */
  readonly announcePhase: (words: FileWords & { readonly phase: string }) => string;
  /** Announced at each quarter. */
  readonly announceProgress: (words: FileWords & { readonly percent: number }) => string;
  /** Announced when a waiting file was moved. */
  readonly announceMoved: (words: FileWords & { readonly place: number; readonly count: number }) => string;
  /** Announced when a file left the list. */
  readonly announceRemoved: (words: FileWords) => string;
  /** A size, for instance `12.5 MB`. */
  readonly size: (bytes: number) => string;
  /** Heading of the uploads that this browser has not finished. */
  readonly unfinished: string;
  /** One of them. */
  readonly unfinishedFile: (words: FileWords) => string;
  /** Its button that opens the file dialog. */
  readonly chooseAgain: string;
  /** Its button that ends it. */
  readonly discard: string;
  /** A file beyond `max-videos`. */
  readonly tooMany: (words: FileWords & { readonly maxVideos: number }) => string;
  /** A folder was dropped. */
  readonly isFolder: (words: FileWords) => string;
  /** Why a file was not uploaded, by code: of a problem, of a failure, or of an error. `OTHER` is for all that has none. */
  readonly failures: Readonly<Record<string, (words: FailureWords) => string>> & {
    readonly OTHER: (words: FailureWords) => string;
  };
}

/** Some of the texts; what is left out stays English. Inside `actions`, `phases` and `failures` too. */
export type UploaderTextsChange = Partial<Omit<UploaderTexts, 'actions' | 'phases' | 'failures'>> & {
  /** Labels of some buttons. */
  readonly actions?: Partial<UploaderTexts['actions']>;
  /** Words for some phases. */
  readonly phases?: Partial<UploaderTexts['phases']>;
  /** Sentences for some codes, known here or not. */
  readonly failures?: Readonly<Record<string, (words: FailureWords) => string>>;
};
