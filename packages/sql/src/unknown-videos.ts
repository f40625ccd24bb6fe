import { pageLimit, type UnknownVideo } from '@videostorage/service';
import { z } from 'zod';
import { databaseTime } from './database-time.ts';
import type { SqlRunner } from './sql-runner.ts';
import { readRow, storedInteger } from './stored-value.ts';

const TABLE = 'videostorage_unknown_videos';

const seenSchema = z.object({ video_id: z.string(), first_reported_at: storedInteger, now: storedInteger });

/** Videos that a storage has and no record knows, and when each was first reported. */
export class UnknownVideos {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** Returns which of these have no record, in their order, and stores the first report of each, unless it is a dry run. */
  async report(backendName: string, videoIds: readonly string[], dryRun: boolean): Promise<readonly UnknownVideo[]> {
    if (videoIds.length === 0) return [];
    pageLimit(videoIds.length);
    const known = new Set(await this.#known(backendName, videoIds));
    if (!dryRun) await this.forget(backendName, [...known]);
    const unknown = [...new Set(videoIds)].filter((videoId) => !known.has(videoId));
    if (unknown.length === 0) return [];
    const seconds = await this.#secondsKnown(backendName, unknown);
    const unseen = unknown.filter((videoId) => !seconds.has(videoId));
    if (!dryRun) await this.#remember(backendName, unseen);
    return unknown.map((videoId) => ({ videoId, knownForSeconds: seconds.get(videoId) ?? 0 }));
  }

  /** Forgets the first reports of these videos. */
  async forget(backendName: string, videoIds: readonly string[]): Promise<void> {
    if (videoIds.length === 0) return;
    await this.#runner.run((database) =>
      database
        .deleteFrom(TABLE)
        .where('backend_name', '=', backendName)
        .where('video_id', 'in', [...videoIds])
        .execute(),
    );
  }

  async #known(backendName: string, videoIds: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#runner.run((database) =>
      database
        .selectFrom('videostorage_videos')
        .select('video_id')
        .where('backend_name', '=', backendName)
        .where('video_id', 'in', [...videoIds])
        .execute(),
    );
    return rows.flatMap(({ video_id }) => (video_id === null ? [] : [video_id]));
  }

  async #secondsKnown(backendName: string, videoIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#runner.run((database) =>
      database
        .selectFrom(TABLE)
        .select(['video_id', 'first_reported_at', databaseTime(this.#runner.family).as('now')])
        .where('backend_name', '=', backendName)
        .where('video_id', 'in', [...videoIds])
        .execute(),
    );
    const seen = rows.map((row) => readRow(TABLE, seenSchema, row));
    return new Map(seen.map((row) => [row.video_id, Math.max(0, row.now - row.first_reported_at) / 1000]));
  }

  async #remember(backendName: string, videoIds: readonly string[]): Promise<void> {
    if (videoIds.length === 0) return;
    const { family } = this.#runner;
    // Always in the same order, so that two sweeps at once do not deadlock.
    const rows = [...videoIds].sort().map((videoId) => ({
      backend_name: backendName,
      video_id: videoId,
      first_reported_at: databaseTime(family),
    }));
    await this.#runner.run((database) => {
      const insert = database.insertInto(TABLE).values(rows);
      return (family === 'mysql' ? insert.ignore() : insert.onConflict((conflict) => conflict.doNothing())).execute();
    });
  }
}
