import { RateLimiter } from '@videostorage/core';
import { type Actor, VideoService } from '@videostorage/service';
import { fixtures, MemoryStorage, sendTicket } from '@videostorage/testing';
import { SqlEventLog } from '../src/sql-event-log.ts';
import { SqlVideoRecords } from '../src/sql-video-records.ts';
import { type TestDatabase, testSecret } from './sql-subjects.ts';

/** The user who uploads and deletes. */
export const ann: Actor = { userId: 'ann', roles: ['student'] };

/** Two processes of one host app: two services over one database and one storage. */
export class ServiceOnSql {
  readonly storage: MemoryStorage = new MemoryStorage({
    referenceSecrets: [testSecret],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
  });
  /** A hook that was called, as `ready 3`: which one, and for which version of the status. */
  readonly hooks: string[] = [];
  readonly records: SqlVideoRecords;
  readonly log: SqlEventLog;
  readonly nodes: readonly [VideoService, VideoService];

  constructor({ first, second }: TestDatabase) {
    this.records = new SqlVideoRecords({ database: first });
    this.log = new SqlEventLog({ database: first, secrets: [testSecret] });
    this.nodes = [
      this.#node(this.records, this.log),
      this.#node(
        new SqlVideoRecords({ database: second }),
        new SqlEventLog({ database: second, secrets: [testSecret] }),
      ),
    ];
  }

  /** Creates an upload whose bytes have arrived, not yet confirmed; returns its reference. */
  async upload(): Promise<string> {
    const bytes = await fixtures.webm.read();
    const file = { fileName: 'talk.webm', mimeType: 'video/webm', sizeBytes: bytes.length, contextId: 'lesson-1' };
    const ticket = await this.nodes[0].getUploadUrl(ann, file);
    await sendTicket(ticket, bytes, file.mimeType, { fetch: (request) => this.storage.fetch(request) });
    return ticket.uploadReference;
  }

  #node(records: SqlVideoRecords, events: SqlEventLog): VideoService {
    return new VideoService({
      storages: [this.storage],
      records,
      events,
      authorize: () => true,
      hooks: {
        onVideoReady: async ({ statusVersion }) => void this.hooks.push(`ready ${statusVersion}`),
        onVideoDeleted: async ({ statusVersion }) => void this.hooks.push(`deleted ${statusVersion}`),
      },
    });
  }
}
