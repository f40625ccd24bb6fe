import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    's3/command': 'src/s3/command.ts',
    'cloudfront/command': 'src/cloudfront/command.ts',
    'cloudflare-stream/command': 'src/cloudflare-stream/command.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  shims: true,
  target: 'es2022',
});
