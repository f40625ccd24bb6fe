import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fixtures } from '@videostorage/testing';
import { build, type Format } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL('../', import.meta.url));
const root = join(packageFolder, '../..');
const program = `
  import { readFileSync } from 'node:fs';
  import { probeVideo } from '@videostorage/media';
  const bytes = new Uint8Array(readFileSync(${JSON.stringify(fixtures.moovFirst.path)}));
  probeVideo({ sizeBytes: bytes.length, read: async (start, end) => bytes.slice(start, end) }).then(
    ({ outcome }) => console.log(outcome),
    ({ code }) => console.log(code),
  );
`;

let host: string;
beforeAll(async () => {
  host = await mkdtemp(join(tmpdir(), 'media-host-'));
  const installed = join(host, 'node_modules/@videostorage/media');
  await mkdir(installed, { recursive: true });
  // Installs the package as npm would: the built files, and a manifest whose exports do not lead to the sources.
  const manifest = await readFile(join(packageFolder, 'package.json'), 'utf8');
  await writeFile(join(installed, 'package.json'), manifest.replace('"@videostorage/source": "./src/index.ts",', ''));
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
  await run(process.execPath, [tsup, '--no-dts', '--out-dir', join(installed, 'dist')], { cwd: packageFolder });
  await symlink(join(root, 'packages/core'), join(host, 'node_modules/@videostorage/core'));
  await symlink(join(root, 'node_modules/mediainfo.js'), join(host, 'node_modules/mediainfo.js'));
  await writeFile(join(host, 'host.mjs'), program);
});
afterAll(() => rm(host, { recursive: true, force: true }));

async function runHost(file: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--conditions=@videostorage/source', file], {
    cwd: dirname(file),
    timeout: 20_000,
  });
  return stdout.trim();
}

async function bundle(format: Format, external: readonly string[]): Promise<string> {
  const outfile = join(host, 'out', `host-${external.length}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
  await build({
    ...{ entryPoints: [join(host, 'host.mjs')], outfile, format, external: [...external] },
    ...{ bundle: true, platform: 'node', logLevel: 'silent', conditions: ['@videostorage/source'] },
  });
  return outfile;
}

describe('the built package finds its thread and its WebAssembly', () => {
  test('as an ES module, and by require', async () => {
    expect(await runHost(join(host, 'host.mjs'))).toBe('video');
    expect(await runHost(await bundle('cjs', ['@videostorage/media']))).toBe('video');
  });

  test.each(['esm', 'cjs'] as const)(
    'in a bundled host app, as %s: when the package is outside of the bundle',
    async (format) => {
      expect(await runHost(await bundle(format, ['@videostorage/media']))).toBe('video');
    },
  );

  test.each(['esm', 'cjs'] as const)(
    'in a bundled host app, as %s: when the package is in the bundle, and installed',
    async (format) => {
      expect(await runHost(await bundle(format, []))).toBe('video');
    },
  );

  test('but not in a bundle that was moved elsewhere, which is an error that explains the fix', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'media-alone-'));
    try {
      await cp(await bundle('esm', []), join(elsewhere, 'host.mjs'));
      expect(await runHost(join(elsewhere, 'host.mjs'))).toBe('MISCONFIGURED');
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
