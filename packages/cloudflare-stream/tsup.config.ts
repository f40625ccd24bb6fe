import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'node-http': 'src/http/node-http.ts',
    'edge-http': 'src/http/edge-http.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  // Chosen by the runtime that imports the package, not when it is built.
  external: ['#http'],
  target: 'es2022',
});
