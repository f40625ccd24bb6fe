import { createMemorySubject } from '../../test-support/memory-subject.ts';
import { describeVideoStorage } from '../suite/describe-video-storage.ts';

describeVideoStorage({ name: 'MemoryStorage', create: async () => createMemorySubject() });
