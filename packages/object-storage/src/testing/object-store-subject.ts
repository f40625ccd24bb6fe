import type { CreatedUpload, NewUpload, ObjectStore } from '../object-store.ts';

/** A fresh, empty store and what is needed to use it from outside. */
export interface ObjectStoreSubject {
  /** The dialect. */
  readonly store: ObjectStore;
  /** The same bucket or folder through another instance, as another process sees it. Default: `store`. */
  readonly other?: ObjectStore | undefined;
  /** Sends all bytes of an upload as a browser does. */
  send(upload: NewUpload, created: CreatedUpload, bytes: Uint8Array): Promise<void>;
  /** Releases everything. */
  dispose(): Promise<void>;
}

/** A case of the suite. */
export type ObjectStoreCase = (subject: ObjectStoreSubject, sizeBytes: number) => Promise<void>;
