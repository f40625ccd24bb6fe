import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const line = z.tuple([z.string(), z.string()]);

/**
 * Who asked for which video, kept in a file: some storages know only a digest of it. A real host keeps such records in its
 * database.
 */
export class Owners {
  readonly #path: string;
  readonly #userIds: Map<string, string>;

  private constructor(path: string, userIds: Map<string, string>) {
    this.#path = path;
    this.#userIds = userIds;
  }

  /** Reads what was noted before; a line that was torn by a crash is passed over. */
  static async load(folder: string): Promise<Owners> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'owners.jsonl');
    // An empty line makes the file on a first start, and ends a line that was torn.
    await appendFile(path, '\n');
    const lines = (await readFile(path, 'utf8')).split('\n');
    return new Owners(path, new Map(lines.flatMap((text) => pairOf(text))));
  }

  /** Keeps it before anything is uploaded. */
  async note(videoId: string, userId: string): Promise<void> {
    this.#userIds.set(videoId, userId);
    await appendFile(this.#path, `${JSON.stringify([videoId, userId])}\n`);
  }

  /** The one who asked for it; undefined when nobody did here. */
  of(videoId: string): string | undefined {
    return this.#userIds.get(videoId);
  }
}

function pairOf(text: string): readonly [string, string][] {
  try {
    return [line.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
