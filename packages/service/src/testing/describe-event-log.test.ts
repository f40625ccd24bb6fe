import { describe, test } from 'vitest';
import { memoryLogSubject } from '../../test-support/memory-subjects.ts';
import { describeEventLog } from './describe-event-log.ts';

describeEventLog({ name: 'MemoryEventLog', create: memoryLogSubject, runner: { describe, test } });
