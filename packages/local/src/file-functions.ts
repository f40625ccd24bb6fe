import { constants, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, opendir, readFile, rename, rm } from 'node:fs/promises';

/** Node's own file functions, as far as the storage uses them. Hand others in to provoke a full or failing disk. */
export interface FileFunctions {
  /** `fs.promises.open`. */
  readonly open: typeof open;
  /** `fs.promises.readFile`. */
  readonly readFile: typeof readFile;
  /** `fs.promises.lstat`; links are never followed below the folder. */
  readonly lstat: typeof lstat;
  /** `fs.promises.mkdir`. */
  readonly mkdir: typeof mkdir;
  /** `fs.promises.opendir`. */
  readonly opendir: typeof opendir;
  /** `fs.promises.rename`; atomic within one file system (POSIX). */
  readonly rename: typeof rename;
  /** `fs.promises.rm`. */
  readonly rm: typeof rm;
  /** `fs.createWriteStream`. */
  readonly createWriteStream: typeof createWriteStream;
}

/** The computer's own files. */
export const nodeFileFunctions: FileFunctions = {
  open,
  readFile,
  lstat,
  mkdir,
  opendir,
  rename,
  rm,
  createWriteStream,
};

/** Opens for reading and refuses a symbolic link in the last place; Windows has no such flag and knows few such links. */
export const READ_NO_FOLLOW: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
