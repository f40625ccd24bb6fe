import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';

/** A file stays open for so long after its last reader: a player that seeks asks for the next part within that. */
const IDLE_MS = 1000;
/** At most so many files are kept open without a reader. */
const MAX_IDLE = 64;

type Handle = Awaited<ReturnType<FileFunctions['open']>>;

/** An open file and the number of its readers. */
interface OpenFile {
  readonly opening: Promise<Handle>;
  readers: number;
  closing: NodeJS.Timeout | undefined;
}

/** A file that is open until it is released. */
export interface Reading {
  /** Reads at any position. Other readers share it, so do not close it. */
  readonly handle: Pick<Handle, 'read'>;
  /** Ends it, once. */
  release(): Promise<void>;
}

/**
 * Files that are being read, each opened once for all who read it at a time and shortly after: opening and closing cost more
 * than reading 256 KiB. Only for files that are never written again under the same name; a deleted file is freed a second
 * later.
 */
export class SharedFiles {
  readonly #files: FileFunctions;
  readonly #open = new Map<string, OpenFile>();

  constructor(files: FileFunctions) {
    this.#files = files;
  }

  /** Opens a file, or joins those who read it. No link is followed. @throws what opening throws */
  async read(path: string): Promise<Reading> {
    const known = this.#open.get(path);
    const file = known ?? { opening: this.#files.open(path, READ_NO_FOLLOW), readers: 0, closing: undefined };
    if (known === undefined) this.#open.set(path, file);
    clearTimeout(file.closing);
    file.readers += 1;
    try {
      const handle = await file.opening;
      return { handle, release: () => this.#release(path, file) };
    } catch (error) {
      if (this.#open.get(path) === file) this.#open.delete(path);
      throw error;
    }
  }

  async #release(path: string, file: OpenFile): Promise<void> {
    file.readers -= 1;
    if (file.readers > 0) return;
    if (this.#idle() > MAX_IDLE) return this.#close(path, file);
    file.closing = setTimeout(() => {
      // A file that was only read loses nothing when closing it fails, and no caller waits for it any more.
      this.#close(path, file).catch(() => undefined);
    }, IDLE_MS).unref();
  }

  #idle(): number {
    let idle = 0;
    for (const { readers } of this.#open.values()) if (readers === 0) idle += 1;
    return idle;
  }

  async #close(path: string, file: OpenFile): Promise<void> {
    this.#open.delete(path);
    await (await file.opening).close();
  }
}
