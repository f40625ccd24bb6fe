import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';

/** The file functions of Node that the storage uses. Inject others to simulate a full or failing disk. */
export interface FileFunctions {
  /** `fs.promises.open`. */
  readonly open: typeof open;
  /** `fs.promises.readFile`. */
  readonly readFile: typeof readFile;
  /** `fs.promises.lstat`; links are never followed below the folder. */
  readonly lstat: typeof lstat;
  /** `fs.promises.mkdir`. */
  readonly mkdir: typeof mkdir;
  /** `fs.promises.readdir`. */
  readonly readdir: typeof readdir;
  /** `fs.promises.link`; atomic, and refuses a name that exists (POSIX). */
  readonly link: typeof link;
  /** `fs.promises.copyFile`; used where links are refused. */
  readonly copyFile: typeof copyFile;
  /** `fs.promises.rename`; atomic within one file system (POSIX). */
  readonly rename: typeof rename;
  /** `fs.promises.rm`. */
  readonly rm: typeof rm;
  /** `fs.promises.rmdir`. */
  readonly rmdir: typeof rmdir;
}

/** The computer's own files. */
export const nodeFileFunctions: FileFunctions = {
  ...{ open, readFile, lstat, mkdir, readdir },
  ...{ link, copyFile, rename, rm, rmdir },
};

/**
 * Opens for reading and refuses a symbolic link in the last place; Windows has no such flag, and symbolic links are rare there.
 */
export const READ_NO_FOLLOW: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Opens for writing what exists, and refuses a symbolic link in the last place. */
export const WRITE_NO_FOLLOW: number = constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);
