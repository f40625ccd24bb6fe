import type { Uploader } from '@videostorage/uploader';
import type { Session } from './host.ts';

/** A person who is signed in. */
export type SignedIn = Session & { readonly person: NonNullable<Session['person']> };

/** One page of the classroom while it is shown. */
export interface View {
  /** Title of the browser's tab. */
  readonly title: string;
  readonly root: HTMLElement;
  /** Loads its data again; called at an interval. */
  refresh?(): Promise<void>;
  /** Stops what the view has started. */
  close?(): void;
}

/** What a view gets from the app. */
export interface Page {
  readonly session: SignedIn;
  /** Shows a message below the header; without one, clears it. */
  showMessage(text?: string, tone?: 'good' | 'bad'): void;
  /** Runs an action, and shows its error. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** The uploader of an assignment; its uploads continue until the user signs out. */
  uploaderOf(assignmentId: string): Uploader;
  /** Goes to another page; the message is shown there. */
  go(hash: string, text?: string): void;
}
