import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@videostorage/source'] },
  ssr: { resolve: { conditions: ['@videostorage/source', 'node', 'import'] } },
  test: {
    name: 'core',
    include: ['src/**/*.test.ts'],
    exclude: ['src/**/*.full.test.ts'],
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.test.json' },
    coverage: { provider: 'v8', include: ['src'] },
  },
});
