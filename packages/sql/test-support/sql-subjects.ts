import type { EventLogSubject, VideoRecordsSubject } from '@videostorage/service/testing';
import { type Kysely, sql } from 'kysely';
import { SqlEventLog } from '../src/sql-event-log.ts';
import { videoDatabase } from '../src/sql-store-options.ts';
import { SqlVideoRecords } from '../src/sql-video-records.ts';

/** Two connections to one database, like those of two processes. */
export interface TestDatabase {
  readonly first: Kysely<unknown>;
  readonly second: Kysely<unknown>;
  /** Closes both, and removes the database. */
  dispose(): Promise<void>;
}

/** A secret of 32 bytes, as the option requires. */
export const testSecret = 'UNSAFE-only-for-tests-0123456789';

/** Records over two connections; time passes by moving all stored times back. */
export function recordsSubject({ first, second, dispose }: TestDatabase): VideoRecordsSubject {
  return {
    records: new SqlVideoRecords({ database: first }),
    other: new SqlVideoRecords({ database: second }),
    dispose,
    advance: async (seconds) => {
      const ms = Math.round(seconds * 1000);
      const back = (column: string) => sql<number>`${sql.ref(column)} - ${ms}`;
      const database = videoDatabase(first, undefined);
      await database
        .updateTable('videostorage_videos')
        .set({
          created_at: back('created_at'),
          expires_at: back('expires_at'),
          uploaded_at: back('uploaded_at'),
          deleted_at: back('deleted_at'),
          notified_at: back('notified_at'),
          due_at: back('due_at'),
        })
        .execute();
      await database
        .updateTable('videostorage_unknown_videos')
        .set({ first_reported_at: back('first_reported_at') })
        .execute();
    },
  };
}

/** A log over two connections; tampering is a statement that bypasses it. */
export function logSubject({ first, second, dispose }: TestDatabase): EventLogSubject {
  const database = videoDatabase(first, undefined);
  return {
    log: new SqlEventLog({ database: first, secrets: [testSecret] }),
    other: new SqlEventLog({ database: second, secrets: [testSecret] }),
    dispose,
    advance: async (seconds) => {
      const ms = Math.round(seconds * 1000);
      await database
        .updateTable('videostorage_events')
        .set({ at: sql<number>`${sql.ref('at')} - ${ms}` })
        .execute();
    },
    tamper: async (recordId, sequence, tampering) => {
      if (tampering === 'remove') {
        await database
          .deleteFrom('videostorage_events')
          .where('record_id', '=', recordId)
          .where('sequence', '=', sequence)
          .execute();
        return;
      }
      const columns = Object.entries(tampering).map(([name, value]) => {
        const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        return [column, name === 'at' ? Date.parse(String(value)) : value];
      });
      await database
        .updateTable('videostorage_events')
        .set(Object.fromEntries(columns))
        .where('record_id', '=', recordId)
        .where('sequence', '=', sequence)
        .execute();
    },
  };
}
