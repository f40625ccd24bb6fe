import { defineConfig, type Plugin } from 'vitest/config';
import type { Mutant } from './mutant.ts';
import { plantMutant } from './plant-mutant.ts';

const mutant = JSON.parse(process.env['VIDEOSTORAGE_MUTANT'] ?? 'null') as Mutant | null;

/** Plants the fault while the file is loaded; nothing is written. */
const planting: Plugin = {
  name: 'plant-mutant',
  enforce: 'pre',
  transform: (code, id) =>
    mutant !== null && id.endsWith(`/src/${mutant.file}`) ? plantMutant(code, mutant) : undefined,
};

export default defineConfig({
  plugins: [planting],
  resolve: { conditions: ['@videostorage/source'] },
  ssr: { resolve: { conditions: ['@videostorage/source', 'node', 'import'] } },
  // The cache on disk knows files by their text, and a planted fault is not in it.
  // A fault that makes a call hang counts as noticed, soon.
  test: {
    fsModuleCache: false,
    bail: mutant === null ? 0 : 1,
    testTimeout: 15_000,
    reporters: [['json', { outputFile: process.env['VIDEOSTORAGE_MUTANT_REPORT'] }]],
    passWithNoTests: false,
  },
});
