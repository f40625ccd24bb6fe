import { describe, test } from 'vitest';
import { memoryRecordsSubject } from '../../test-support/memory-subjects.ts';
import { describeVideoRecords } from './describe-video-records.ts';

describeVideoRecords({ name: 'MemoryVideoRecords', create: memoryRecordsSubject, runner: { describe, test } });
