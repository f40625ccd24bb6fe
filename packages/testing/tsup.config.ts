import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'emulators/index': 'src/emulators/index.ts',
    'emulators/s3/command': 'src/emulators/s3/command.ts',
    'emulators/cloudfront/command': 'src/emulators/cloudfront/command.ts',
    'emulators/cloudflare-stream/command': 'src/emulators/cloudflare-stream/command.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  shims: true,
  target: 'es2022',
});
