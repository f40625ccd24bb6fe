import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { changes } from './changes.ts';
import { counts } from './counts.ts';
import { filters } from './filters.ts';
import { inserts } from './inserts.ts';
import { pages } from './pages.ts';
import { quotas } from './quotas.ts';
import { schedules } from './schedules.ts';
import { unknownVideos } from './unknown-videos.ts';

/** All guarantees of `VideoRecords`, in the order in which they are best read. */
export const videoRecordsCases: readonly SuiteCase<VideoRecordsSubject>[] = [
  ...inserts,
  ...quotas,
  ...changes,
  ...pages,
  ...filters,
  ...schedules,
  ...unknownVideos,
  ...counts,
];
