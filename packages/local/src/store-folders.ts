import { randomBytes } from 'node:crypto';
import { join, resolve, sep } from 'node:path';
import { uploadIdOfKey } from '@videostorage/object-storage';

/** A new name on the disk is readable by its owner alone. */
export const FOLDER_MODE = 0o700;
/** Like that of folders. */
export const FILE_MODE = 0o600;

const SEGMENT = /^[0-9A-Za-z][0-9A-Za-z._-]{0,199}$/;
const UPLOAD_ID = /^[0-9a-f]{32}/;

/**
 * The four folders of a storage, named like the prefixes of a bucket. Keys become paths here and nowhere else, and only when no
 * part of a key has a special meaning to a file system; a key that was found on the disk may have any names.
 */
export class StoreFolders {
  /** What browsers send, its snapshots, drafts, locks. Never served. */
  readonly uploads: string;
  /** Which source was elected. Never served. */
  readonly claims: string;
  /** What was decided, and the facts. Never served. */
  readonly records: string;
  /** `<uploadId>/source.<ext>`; served as far as the record says ready. */
  readonly videos: string;
  /** A file that keeps room for one document on a full disk. */
  readonly spare: string;
  readonly #folder: string;

  /**
   * Below this folder. A relative path is resolved against the working directory now, and stays that folder when the process
   * changes its directory.
   */
  constructor(folder: string) {
    this.#folder = resolve(folder);
    this.uploads = join(this.#folder, 'uploads');
    this.claims = join(this.#folder, 'claims');
    this.records = join(this.#folder, 'records');
    this.videos = join(this.#folder, 'videos');
    this.spare = join(this.claims, 'spare');
  }

  /** All of them, in the order in which they are made. */
  get all(): readonly string[] {
    return [this.uploads, this.claims, this.records, this.videos];
  }

  /** The path of a key, for instance of `records/<uploadId>.json`. @throws {RangeError} the key leads out of the folder */
  path(key: string): string {
    const parts = key.replace(/\/$/, '').split('/');
    if (!parts.every((part) => SEGMENT.test(part)))
      throw new RangeError('A key has parts of letters, digits and dots.');
    return join(this.#folder, ...parts);
  }

  /**
   * The path of a key that a listing has found: a file manager, a player's tool or an administrator may have named it.
   * @throws {RangeError} a part is no name, so that the key leads elsewhere
   */
  found(key: string): string {
    const parts = key.split('/');
    if (!parts.every(isName)) throw new RangeError('A key has parts that are names.');
    return join(this.#folder, ...parts);
  }

  /**
   * A path for a file while it is being made, on the same file system. It lies below `uploads/`, so that the sweep finds it
   * after a crash. @throws {RangeError} the key belongs to no upload
   */
  draft(key: string): string {
    const uploadId = uploadIdOfKey(key) ?? UPLOAD_ID.exec(key.split('/')[1] ?? '')?.[0];
    if (uploadId === undefined) throw new RangeError('The key belongs to no upload.');
    return join(this.uploads, `${uploadId}.draft-${randomBytes(8).toString('hex')}`);
  }
}

function isName(part: string): boolean {
  return !['', '.', '..'].includes(part) && !part.includes(sep) && !part.includes('\0');
}
