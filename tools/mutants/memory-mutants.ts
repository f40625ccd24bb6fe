import { memoryReadingMutants } from './memory-reading-mutants.ts';
import { memoryTrustMutants } from './memory-trust-mutants.ts';
import { memoryUploadMutants } from './memory-upload-mutants.ts';
import type { MutantList } from './mutant.ts';

/** Faults in `MemoryStorage` and its vendor. */
export const memoryMutants: MutantList = {
  name: 'memory',
  folder: 'packages/testing',
  testFile: 'src/memory/memory-storage.test.ts',
  mutants: [...memoryUploadMutants, ...memoryReadingMutants, ...memoryTrustMutants],
};
