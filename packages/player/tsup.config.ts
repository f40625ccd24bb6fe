import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', element: 'src/element.ts', react: 'src/react.ts' },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'es2022',
});
