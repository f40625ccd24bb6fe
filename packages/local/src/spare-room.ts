import type { Disk } from './disk.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import type { StoreFolders } from './store-folders.ts';

/** A block of most file systems; what a delete writes has some hundred bytes. */
const SPARE_BYTES = 4096;

/**
 * Space for one document, reserved while the disk has some. A delete frees bytes only after it has been recorded, which needs
 * space: on a full disk it would free none.
 */
export class SpareRoom {
  readonly #files: FileFunctions;
  readonly #disk: Disk;
  readonly #folders: StoreFolders;

  constructor(files: FileFunctions, disk: Disk, folders: StoreFolders) {
    this.#files = files;
    this.#disk = disk;
    this.#folders = folders;
  }

  /** Reserves the space, unless it is reserved already. `draft` is a path for the file while it is being made. */
  async take(draft: string): Promise<void> {
    const { spare } = this.#folders;
    if ((await this.#disk.facts(spare))?.sizeBytes === SPARE_BYTES) return;
    await this.#disk.write(draft, ' '.repeat(SPARE_BYTES));
    try {
      await this.#files.rename(draft, spare);
    } catch (error) {
      await this.#disk.remove(draft);
      throw error;
    }
  }

  /**
   * Writes this text to a file that uses the reserved space, and syncs it before this resolves. False: not enough space is
   * reserved. After a failure the file does not exist.
   */
  async give(path: string, text: string): Promise<boolean> {
    if (Buffer.byteLength(text) > SPARE_BYTES) return false;
    try {
      await this.#files.rename(this.#folders.spare, path);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await this.#disk.overwrite(path, text);
    return true;
  }
}
