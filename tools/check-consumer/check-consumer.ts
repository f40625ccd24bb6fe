// Packs the packages as they would be published, runs publint and attw on them, installs them into an empty folder and uses
// them there, as ESM, CommonJS and TypeScript.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOutcome, runCommand } from '../workspace/command.ts';
import { consumerLock } from '../workspace/consumer-lock.ts';
import type { PackageLock } from '../workspace/package-lock.ts';
import { packAll } from '../workspace/packed-package.ts';
import { workspaceRoot as root } from '../workspace/workspace-root.ts';
import { packagesOf, type Workspace } from '../workspace/workspaces.ts';
import { consumerExamples, foreignImportsOf } from './consumer-examples.ts';
import { projectKinds, writeConsumer } from './consumer-folder.ts';
import { exampleSettings } from './example-settings.ts';
import { tarballProblems } from './tarball-contents.ts';

/** Programs that check a tarball. The resolution of Node 10, which does not read `exports`, is left out. */
const tarballPrograms = [
  ['publint', '--strict'],
  ['attw', '--profile', 'node16'],
] as const;
const packages = packagesOf(root);
const consumer = mkdtempSync(join(tmpdir(), 'videostorage-consumer-'));
let failures = 0;

try {
  checkAll();
} finally {
  rmSync(consumer, { recursive: true, force: true });
}
console.log(`check-consumer: ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;

function checkAll(): void {
  const unbuilt = packages.filter(({ folder }) => !existsSync(join(root, folder, 'dist/index.js')));
  if (unbuilt.length > 0) throw new Error(`run npm run build first: ${unbuilt.map(({ folder }) => folder).join(', ')}`);
  const packed = packAll(root, packages, consumer);
  const examples = consumerExamples(root, ['.', ...packages.map(({ folder }) => folder)]);
  const lock = consumerLock(root);
  const foreign = lockedVersions(lock, ['node', ...packages.flatMap(peersOfEntries), ...foreignImportsOf(examples)]);
  writeConsumer(consumer, packed, examples, foreign, lock);

  for (const { manifest, tarball } of packed) {
    for (const [program, ...args] of tarballPrograms) {
      report(`${program} of ${manifest.name}`, runNode([join(root, 'node_modules/.bin', program), ...args, tarball]));
    }
  }
  const install = runCommand(consumer, 'npm', ['install', '--prefer-offline', '--ignore-scripts']);
  report('npm install of the tarballs', install);
  if (!install.ok) return;
  for (const { manifest, files } of packed) {
    const problems = tarballProblems(join(consumer, 'node_modules', manifest.name), files, manifest, root);
    report(`content of the tarball of ${manifest.name}`, { ok: problems.length === 0, output: problems.join('\n') });
  }
  report('import of every entry', runNode(['entries.mjs']));
  report('require of every entry', runNode(['entries.cjs']));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  for (const kind of projectKinds) {
    report(`types of a project: ${kind}`, runNode([compiler, '-p', `tsconfig.${kind}.json`]));
  }
  for (const { origin, name, module, commonJs } of examples) {
    if (commonJs === undefined) continue;
    report(`${origin} as an ES module`, runNode([`out/esm/${name}.mjs`], exampleSettings()));
    report(`${origin} as CommonJS`, runNode([`out/commonjs/${name}.cjs`], exampleSettings()));
    if (module.includes("env['VIDEO_SECRET']")) report(`${origin} refuses to start without VIDEO_SECRET`, unset(name));
  }
}

function runNode(args: readonly string[], settings?: Readonly<Record<string, string>>): CommandOutcome {
  return runCommand(consumer, process.execPath, args, settings);
}

/** Runs an example whose secret is not set: it must end with the message that explains how to make one. */
function unset(name: string): Pick<CommandOutcome, 'ok' | 'output'> {
  const { ok, output } = runNode([`out/esm/${name}.mjs`], { ...exampleSettings(), VIDEO_SECRET: '' });
  return { ok: !ok && output.includes('is its environment variable set?'), output };
}

function report(what: string, { ok, output }: Pick<CommandOutcome, 'ok' | 'output'>): void {
  console.log(`${ok ? 'ok' : 'FAILED'}  ${what}`);
  if (ok) return;
  failures += 1;
  console.error(output.replaceAll(/^/gm, '    '));
}

/** The peers that an entry is named after (`./react`): an importer has them. */
function peersOfEntries({ manifest: { exports = {}, peerDependencies = {} } }: Workspace): readonly string[] {
  return Object.keys(peerDependencies).filter((name) => `./${name}` in exports);
}

/** The locked versions of the named packages and of their `@types`, if any. @throws {Error} neither is locked */
function lockedVersions({ packages: locked }: PackageLock, names: readonly string[]): Readonly<Record<string, string>> {
  const versions = names.flatMap((name) => {
    const found = [name, `@types/${name}`].filter((each) => `node_modules/${each}` in locked);
    if (found.length === 0) throw new Error(`a README imports ${name}, which is not in package-lock.json`);
    return found.map((each): [string, string] => [each, String(locked[`node_modules/${each}`]?.version)]);
  });
  return Object.fromEntries(versions);
}
