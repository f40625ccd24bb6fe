import type { Disk } from './disk.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import type { StoreFolders } from './store-folders.ts';

/** A block of most file systems; what a delete writes has some hundred bytes. */
const SPARE_BYTES = 4096;

/**
 * Room for one document, kept while the disk has some. A delete frees bytes only after it has been recorded, which needs room: on
 * a full disk it would free none.
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

  /** Takes the room, unless it is taken. `draft` is a path for what is only being made. */
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

  /** Makes a file of this text out of the room, on the disk before this resolves. False: there is no room for it. After a failure there is no file. */
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
