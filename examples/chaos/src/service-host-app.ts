import { randomBytes } from 'node:crypto';
import { MemoryEventLog, MemoryVideoRecords, type VideoRecord, VideoService } from '@videostorage/service';
import type { FailingProvider } from './failing-provider.ts';
import type { HostApp } from './host-app.ts';
import type { ChosenFile } from './visitor.ts';

/** More than three days need, so that a sweep which never ends is noticed. */
const MOST_SWEEPS = 100;

const student = { userId: 'student-7', roles: ['student'] };

/** A host app that uses VideoService. */
export function serviceHostApp({ storage, clock }: FailingProvider, file: ChosenFile): HostApp {
  const records = new MemoryVideoRecords({ clock });
  const events = new MemoryEventLog({ secrets: [randomBytes(32).toString('base64url')], clock });
  const reports = new Map<string, Set<number>>();
  // Hooks are called at least once: the version identifies a repeated transition.
  const onVideoReady = async ({ id, statusVersion }: VideoRecord): Promise<void> => {
    reports.set(id, (reports.get(id) ?? new Set()).add(statusVersion));
  };
  const hooks = { onVideoReady };
  const service = new VideoService({ storages: [storage], records, events, clock, hooks, authorize: () => true });
  return {
    getUploadUrl: (key) => service.getUploadUrl(student, { ...file, fileName: `${key}.mp4` }, { idempotencyKey: key }),
    confirmUpload: async (uploadReference) => void (await service.confirmUpload(student, uploadReference)),
    sweep: async () => {
      // As maintenance does: a sweep that its deadline has ended continues with the next one.
      for (let runs = 0; runs < MOST_SWEEPS; runs += 1) if (!(await service.sweep({ limit: 10_000 })).more) return;
      throw new Error(`${MOST_SWEEPS} sweeps have left something.`);
    },
    knownVideoIds: async () => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await records.list({ statuses: ['ready'], limit: 1000, ...(cursor && { cursor }) });
        for (const { videoId } of page.records) if (videoId !== null) ids.push(videoId);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return ids;
    },
    reportedTwice: () => [...reports.values()].filter(({ size }) => size > 1).length,
  };
}
