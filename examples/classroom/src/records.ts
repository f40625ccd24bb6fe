import { join } from 'node:path';
import { Logger, type Secret } from '@videostorage/core';
import { VideoService } from '@videostorage/service';
import { migrateVideoTables, nodeSqliteDialect, SqlEventLog, SqlVideoRecords } from '@videostorage/sql';
import { Kysely } from 'kysely';
import { classroomRights } from './assignment.ts';
import type { Backend } from './backends/backend.ts';

/** How often what arrived without a confirm is looked for. */
const SWEEP_SECONDS = 10;

/** The workflow over a storage, with its records in SQLite. */
export interface ServedVideos {
  readonly service: VideoService;
  /** Ends the sweep and the database. */
  close(): Promise<void>;
}

/** Opens the records of this storage in the folder; those of an emulator end with its videos. */
export async function openVideos(
  folder: string,
  { storage, isEmulated }: Backend,
  secret: Secret,
): Promise<ServedVideos> {
  const path = isEmulated ? ':memory:' : join(folder, `records-${storage.backendName}.sqlite`);
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path }) });
  await migrateVideoTables(database);
  const service = new VideoService({
    storages: [storage],
    records: new SqlVideoRecords({ database }),
    events: new SqlEventLog({ database, secrets: [secret] }),
    authorize: classroomRights,
    logger: new Logger(),
  });
  const maintenance = service.startMaintenance({ everySeconds: SWEEP_SECONDS });
  return {
    service,
    close: async () => {
      await maintenance.stop();
      await database.destroy();
    },
  };
}
