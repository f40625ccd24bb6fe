import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'node-http': 'src/http/node-http.ts',
    'edge-http': 'src/http/edge-http.ts',
    'node-signature': 'src/signature/node-signature.ts',
    'edge-signature': 'src/signature/edge-signature.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  // Chosen by the runtime that imports the package, not when it is built.
  external: ['#http', '#signature'],
  target: 'es2022',
});
