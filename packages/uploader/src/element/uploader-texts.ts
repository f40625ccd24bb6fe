import type { UploadPhase } from '../upload-handle.ts';

/** Values for a text about one file. */
export interface FileWords {
  /** The file's name, sanitized for display. */
  readonly fileName: string;
  /** Size of the file. */
  readonly sizeBytes: number;
}

/** Values for a text about a failure. */
export interface FailureWords extends FileWords {
  /** The error's own message, in English. */
  readonly message: string;
  /** Common names of the accepted types, for instance `MP4`; empty where they are not known. */
  readonly types: readonly string[];
  /** How long to wait before the next attempt; absent where the error does not say. */
  readonly retryAfterSeconds?: number;
}

/** Progress of a file, for the line below its bar and for screen readers. */
export interface ProgressWords extends FileWords {
  /** 0–100, rounded down: 100 only when all is sent. */
  readonly percent: number;
  /** Bytes in flight or arrived. */
  readonly sentBytes: number;
  /** Speed; 0 while it is not known. */
  readonly bytesPerSecond: number;
  /** Estimated remaining time; absent while it is not known. */
  readonly secondsLeft?: number;
}

/** The actions on one file; each has a button. */
export type FileAction = 'pause' | 'resume' | 'retry' | 'up' | 'down' | 'cancel' | 'remove';

/** All texts of the element. Texts with values are functions, so that other languages can order them as they need. */
export interface UploaderTexts {
  /** The button that opens the file dialog. */
  readonly choose: string;
  /** The button that opens the file dialog, with `max-videos="1"`. */
  readonly chooseOne: string;
  /** The text beside the button, which says that files can be dropped and pasted. */
  readonly drop: string;
  /** The text below the button: accepted types and size. */
  readonly accepted: (words: { readonly maxSizeBytes: number; readonly types: readonly string[] }) => string;
  /** Name of the list of files, for screen readers. */
  readonly list: string;
  /** Labels of the buttons. */
  readonly actions: Readonly<Record<FileAction, string>>;
  /** Accessible name of a button; it must begin with the label, for voice control (WCAG 2.5.3). */
  readonly actionOn: (words: { readonly label: string; readonly fileName: string }) => string;
  /** Names of the phases. */
  readonly phases: Readonly<Record<UploadPhase, string>>;
  /** The line below the bar. */
  readonly progress: (words: ProgressWords) => string;
  /** Progress in words, for screen readers: `aria-valuetext` of the bar. */
  readonly progressValue: (words: ProgressWords) => string;
  /** Announced when a file enters a phase. */
  readonly announcePhase: (words: FileWords & { readonly phase: string }) => string;
  /** Announced at each quarter of the progress. */
  readonly announceProgress: (words: FileWords & { readonly percent: number }) => string;
  /** Announced when a waiting file was moved. */
  readonly announceMoved: (words: FileWords & { readonly place: number; readonly count: number }) => string;
  /** Announced when a file was removed from the list. */
  readonly announceRemoved: (words: FileWords) => string;
  /** A size, for instance `12.5 MB`. */
  readonly size: (bytes: number) => string;
  /** Heading of the unfinished uploads. */
  readonly unfinished: string;
  /** The text for one unfinished upload. */
  readonly unfinishedFile: (words: FileWords) => string;
  /** The button of an unfinished upload that opens the file dialog. */
  readonly chooseAgain: string;
  /** The button that cancels an unfinished upload. */
  readonly discard: string;
  /** Shown for a file that exceeds `max-videos`. */
  readonly tooMany: (words: FileWords & { readonly maxVideos: number }) => string;
  /** Shown when a folder was dropped. */
  readonly isFolder: (words: FileWords) => string;
  /** Why a file was not uploaded, by the code of a problem, a failure or an error. `OTHER` is for all other codes. */
  readonly failures: Readonly<Record<string, (words: FailureWords) => string>> & {
    readonly OTHER: (words: FailureWords) => string;
  };
}

/** The texts to replace; omitted texts stay English, also within `actions`, `phases` and `failures`. */
export type UploaderTextsChange = Partial<Omit<UploaderTexts, 'actions' | 'phases' | 'failures'>> & {
  /** Labels of buttons. */
  readonly actions?: Partial<UploaderTexts['actions']>;
  /** Names of phases. */
  readonly phases?: Partial<UploaderTexts['phases']>;
  /** Texts by code, including the host app's own codes. */
  readonly failures?: Readonly<Record<string, (words: FailureWords) => string>>;
};
