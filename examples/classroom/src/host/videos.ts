import { join } from 'node:path';
import { Logger } from '@videostorage/core';
import { type Authorize, type VideoRecord, type VideoRecords, VideoService } from '@videostorage/service';
import { migrateVideoTables, nodeSqliteDialect, SqlEventLog, SqlVideoRecords } from '@videostorage/sql';
import { Kysely } from 'kysely';
import type { Backend } from '../backends/backend.ts';
import { CLASSROOM_USER_ID } from '../classroom-user.ts';
import { ClassroomStore } from './classroom-store.ts';

/** The classroom itself as an actor, when it deletes a replaced video. */
const CLASSROOM = { userId: CLASSROOM_USER_ID, roles: ['classroom'] };

/** The service over a storage, and what it uses. */
export interface Videos {
  readonly service: VideoService;
  readonly records: VideoRecords;
  readonly store: ClassroomStore;
  /** Stops the sweep and closes the database. */
  close(): Promise<void>;
}

/** Opens the database of this storage in the folder; that of an emulator is in memory, since its videos are lost as well. */
export async function openVideos(folder: string, { storage, isEmulated }: Backend, secret: string): Promise<Videos> {
  const path = isEmulated ? ':memory:' : join(folder, `classroom-${storage.backendName}.sqlite`);
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path }) });
  const opening = migrateVideoTables(database).then(() => ClassroomStore.open(database));
  const store = await opening.catch((error: unknown) => database.destroy().then(() => Promise.reject(error)));
  const records = new SqlVideoRecords({ database });
  const service = new VideoService({
    storages: [storage],
    records,
    events: new SqlEventLog({ database, secrets: [secret] }),
    authorize: rightsOf(store),
    logger: new Logger(),
    hooks: { onVideoReady: replaceEarlier, onVideoDeleted: ({ id }) => store.deletePoster(id) },
  });
  // The sweep confirms uploads whose tab was closed before the confirm.
  const maintenance = service.startMaintenance({ everySeconds: 10 });
  return { service, records, store, close: () => maintenance.stop().then(() => database.destroy()) };

  /** Keeps only a student's last video for each assignment. The hook may run again, and then finds nothing to do. */
  async function replaceEarlier({ userId, contextId }: VideoRecord): Promise<void> {
    if (contextId === null) return;
    const [, ...earlier] = (await service.listVideos(CLASSROOM, { userId, contextId, statuses: ['ready'] })).videos;
    for (const { videoId } of earlier) await service.deleteVideo(CLASSROOM, videoId);
  }
}

/** Students submit until the deadline, and see their own videos; teachers and administrators see, play and delete all. */
function rightsOf(store: ClassroomStore): Authorize {
  return async ({ actor, operation, contextId = '', record }) => {
    const [role] = actor.roles;
    if (operation === 'upload.request') return role === 'student' && (await store.isOpen(contextId));
    // `authorize` is called again for each video of a list.
    if (operation === 'video.list' || role === 'administrator' || role === 'classroom') return true;
    if (role === 'teacher') return record !== undefined;
    if (record?.userId !== actor.userId || operation === 'video.update') return false;
    // After the deadline a submitted video cannot be replaced or deleted.
    return operation !== 'video.delete' || record.status !== 'ready' || (await store.isOpen(contextId));
  };
}
