// What the package costs to install and to import, beside the official SDK: `npm run proof -- stream-package`. Both are
// installed by npm from tarballs, as a consumer would, into a folder that is removed again.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGES = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 9;
const MEBIBYTE = 1024 * 1024;
/** Without the condition of the workspace, which would import the sources in place of the packed files. */
const { NODE_OPTIONS: _conditions, ...env } = process.env;

const folder = await mkdtemp(join(tmpdir(), 'videostorage-proof-'));
try {
  const ours = await install('ours', [await pack('core'), await pack('cloudflare-stream')]);
  const sdk = await install('sdk', ['cloudflare']);
  const [oursMs = 0, sdkMs = 0] = await medians([
    () => importMs(ours, '@videostorage/cloudflare-stream'),
    () => importMs(sdk, 'cloudflare'),
  ]);
  const [oursBytes, sdkBytes] = [await sizeOf(join(ours, 'node_modules')), await sizeOf(join(sdk, 'node_modules'))];
  const figures: Readonly<Record<string, number>> = {
    'import of the package, milliseconds': oursMs,
    'import of the official SDK, milliseconds': sdkMs,
    'import, the SDK in ours (goal 1)': sdkMs / oursMs,
    'installed with all it needs, MiB': oursBytes / MEBIBYTE,
    'the official SDK installed, MiB': sdkBytes / MEBIBYTE,
    'installed, the SDK in ours (goal 1)': sdkBytes / oursBytes,
  };
  for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value.toFixed(2)}`);
  if (sdkMs < oursMs || sdkBytes < oursBytes) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Builds a package of the workspace aside and packs what npm would publish. */
async function pack(name: string): Promise<string> {
  const [source, target] = [join(PACKAGES, name), join(folder, name)];
  await mkdir(target);
  await run('npx', ['tsup', '--out-dir', join(target, 'dist'), '--silent'], { cwd: source, env });
  for (const part of ['package.json', 'LICENSE', 'README.md']) {
    await cp(join(source, part), join(target, part), { recursive: true });
  }
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: target, env });
  return join(folder, stdout.trim());
}

async function install(name: string, what: readonly string[]): Promise<string> {
  const target = join(folder, name);
  await mkdir(target);
  await writeFile(join(target, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...what], { cwd: target, env });
  return target;
}

async function importMs(target: string, name: string): Promise<number> {
  const program = `const started = performance.now(); await import('${name}'); console.log(performance.now() - started)`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: target, env });
  return Number(stdout);
}

/** Alternating rounds, so that a busy moment of the computer slows both down. */
async function medians(works: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const seen = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) seen[index]?.push(await work());
  }
  return seen.map((values) => values.toSorted((one, other) => one - other)[(ROUNDS - 1) / 2] ?? Number.NaN);
}

async function sizeOf(path: string): Promise<number> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
