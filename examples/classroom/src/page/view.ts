import type { Uploader } from '@videostorage/uploader';
import type { Session } from './host.ts';

/** A person who is signed in. */
export type SignedIn = Session & { readonly person: NonNullable<Session['person']> };

/** One page of the classroom, as long as it is shown. */
export interface View {
  /** Of the browser's tab. */
  readonly title: string;
  readonly root: HTMLElement;
  /** Looks again; the page calls it from time to time. */
  refresh?(): Promise<void>;
  /** Ends what the view has started. */
  close?(): void;
}

/** What a view may use. */
export interface Page {
  readonly session: SignedIn;
  /** Says a sentence below the header; none clears it. */
  say(text?: string, tone?: 'good' | 'bad'): void;
  /** Does something, and says what went wrong. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** The uploads for an assignment; they go on until the person signs out. */
  uploaderOf(assignmentId: string): Uploader;
  /** Goes to another page; the sentence is said there. */
  go(hash: string, text?: string): void;
}
