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
  /** 0 while it is not known. */
  readonly bytesPerSecond: number;
  /** Absent while it is not known. */
  readonly secondsLeft?: number;
}

/** The actions on one file, a button each. */
export type FileAction = 'pause' | 'resume' | 'retry' | 'up' | 'down' | 'cancel' | 'remove';

/** All texts of the element. Texts with values are functions, so that other languages can order them as they need. */
export interface UploaderTexts {
  /** The button that opens the file dialog. */
  readonly choose: string;
  /** The button that opens the file dialog, with `max-videos="1"`. */
  readonly chooseOne: string;
  /** Beside the button: that files can be dropped and pasted. */
  readonly drop: string;
  /** Below it: accepted types and size. */
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
  /** Progress in full words: `aria-valuetext` of the bar. */
  readonly progressValue: (words: ProgressWords) => string;
  /** Announced when a file enters a phase. */
  readonly announcePhase: (words: FileWords & { readonly phase: string }) => string;
  /** Announced at each quarter. */
  readonly announceProgress: (words: FileWords & { readonly percent: number }) => string;
  /** Announced when a waiting file was moved. */
  readonly announceMoved: (words: FileWords & { readonly place: number; readonly count: number }) => string;
  /** Announced when a file was removed from the list. */
  readonly announceRemoved: (words: FileWords) => string;
  /** A size, for instance `12.5 MB`. */
  readonly size: (bytes: number) => string;
  /** Heading of the unfinished uploads. */
  readonly unfinished: string;
  /** One of them. */
  readonly unfinishedFile: (words: FileWords) => string;
  /** Its button that opens the file dialog. */
  readonly chooseAgain: string;
  /** Its button that cancels it. */
  readonly discard: string;
  /** A file beyond `max-videos`. */
  readonly tooMany: (words: FileWords & { readonly maxVideos: number }) => string;
  /** A folder was dropped. */
  readonly isFolder: (words: FileWords) => string;
  /** Why a file was not uploaded, by the code of a problem, a failure or an error. `OTHER` is for all other codes. */
  readonly failures: Readonly<Record<string, (words: FailureWords) => string>> & {
    readonly OTHER: (words: FailureWords) => string;
  };
}

/** Some of the texts; omitted ones stay English, also within `actions`, `phases` and `failures`. */
export type UploaderTextsChange = Partial<Omit<UploaderTexts, 'actions' | 'phases' | 'failures'>> & {
  /** Labels of buttons. */
  readonly actions?: Partial<UploaderTexts['actions']>;
  /** Names of phases. */
  readonly phases?: Partial<UploaderTexts['phases']>;
  /** Texts by code; codes of the host app's own too. */
  readonly failures?: Readonly<Record<string, (words: FailureWords) => string>>;
};
