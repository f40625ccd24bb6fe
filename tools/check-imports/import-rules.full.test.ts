import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';

/** What the shipped source of a package may import, as ARCHITECTURE.md draws it. */
const siblings: Readonly<Record<string, readonly string[]>> = {
  core: [],
  media: ['core'],
  'object-storage': ['core', 'media'],
  local: ['core', 'media', 'object-storage'],
  'cloudflare-stream': ['core'],
  's3-cloudfront': ['core', 'media', 'object-storage'],
  redis: ['core'],
  testing: ['core'],
  emulators: ['core'],
  service: ['core'],
  sql: ['core', 'service'],
  http: ['core', 'service'],
  uploader: ['core'],
  player: ['core'],
};
const names = Object.keys(siblings);

/** A file, what it says, and the rule that must refuse it; without one it must be accepted. */
type Plant = readonly [file: string, code: string, rule?: string];

const betweenPackages = names.flatMap((from) =>
  names
    .filter((to) => to !== from)
    .map((to): Plant => {
      const code = `export ${from === 'emulators' ? 'type ' : ''}* from '@videostorage/${to}';`;
      const file = `packages/${from}/src/to-${to}.ts`;
      return siblings[from]?.includes(to) ? [file, code] : [file, code, `${from}-imports`];
    }),
);

const refused: readonly Plant[] = [
  ['packages/azure/src/a.ts', "export * from '@videostorage/core';", 'package-without-rule'],
  ['packages/core/src/node.ts', "export * from 'node:fs';", 'core-has-no-dependency'],
  ['packages/core/src/npm.ts', "export * from 'zod';", 'core-has-no-dependency'],
  ['packages/core/src/npm-type.ts', "export type * from 'zod';", 'core-has-no-dependency'],
  ['packages/core/src/a.test.ts', "import '@videostorage/testing';", 'core-tests-without-testing'],
  ['packages/core/src/contract/working.ts', "export { retry } from '../retry/retry.ts';", 'contract-is-types-only'],
  ['packages/emulators/src/code.ts', "export { name } from '@videostorage/core';", 'emulators-know-types-only'],
  ['packages/local/src/to-emulators.ts', "export * from '@videostorage/emulators';", 'emulators-in-tests-only'],
  ['packages/testing/src/b.test.ts', "import '@videostorage/emulators';", 'testing-without-emulators'],
  ['packages/local/src/one.ts', "import './two.ts';\nexport const one = 1;", 'no-circular'],
  ['packages/local/src/inside.ts', "import './index.ts';", 'no-package-index-from-inside'],
  ['packages/local/src/path.ts', "export * from '../../core/src/retry/retry.ts';", 'no-relative-cross-package'],
  ['packages/local/src/demo.ts', "import '../../../examples/demo/src/main.ts';", 'packages-stand-alone'],
  ['packages/local/src/tool.ts', "import '../../../tools/tool.ts';", 'packages-stand-alone'],
  ['packages/local/src/shipped.ts', "import './x.test.ts';", 'source-without-tests'],
  ['packages/core/src/shipped.ts', "import '../test-support/clock.ts';", 'source-without-tests'],
  ['packages/local/src/nowhere.ts', "import 'no-such-package';", 'not-to-unresolvable'],
  ['packages/local/src/no-file.ts', "import './no-such-file.ts';", 'not-to-unresolvable'],
  ['packages/local/src/undeclared.ts', "import 'undici';", 'no-undeclared'],
  ['packages/local/src/dev.ts', "import 'vitest';", 'no-undeclared'],
  ['packages/s3-cloudfront/src/s3-client.ts', "import './s3-cloudfront-storage.ts';", 'client-has-no-policy'],
  ['packages/core/src/some-client.ts', "import './retry/retry.ts';", 'client-has-no-policy'],
  ['packages/local/src/http-storage.ts', "import 'node:https';", 'storage-has-no-http'],
  ['packages/cloudflare-stream/src/x-storage.ts', "import 'undici';", 'storage-has-no-http'],
  ['packages/s3-cloudfront/src/y-storage.ts', "import '@aws-sdk/client-s3';", 'storage-has-no-http'],
  ['packages/local/src/to-folder.ts', "import './deep/utils/a.ts';", 'folders-say-what-is-in-them'],
  ['packages/local/src/to-file.ts', "import './helper.ts';", 'folders-say-what-is-in-them'],
];

const accepted: readonly Plant[] = [
  ['packages/core/src/contract/types.ts', "export type { Retry } from '../retry/retry.ts';"],
  ['packages/core/src/x.test.ts', "import 'node:fs';\nimport 'vitest';\nimport '../test-support/clock.ts';"],
  ['packages/emulators/src/x.test.ts', "import '@videostorage/testing';\nimport 'vitest';"],
  ['packages/local/src/y.test.ts', "import '@videostorage/emulators';"],
  ['packages/local/src/x.test.ts', "import '@videostorage/testing';\nimport 'vitest';"],
  ['packages/local/src/x.bench.ts', "import '@videostorage/s3-cloudfront';"],
  ['packages/local/src/node.ts', "import 'node:fs';\nimport 'zod';"],
  ['packages/local/src/left.ts', "import type { Right } from './right.ts';\nexport type Left = Right;"],
  ['packages/local/src/right.ts', "import type { Left } from './left.ts';\nexport type Right = Left[];"],
  [
    'packages/s3-cloudfront/src/s3-cloudfront-storage.ts',
    "import type * as aws from '@aws-sdk/client-s3';\nexport type Client = aws.S3Client;",
  ],
  ['packages/cloudflare-stream/src/cloudflare-client.ts', "import 'undici';"],
  ['packages/local/src/to-named.ts', "import './common-prefix.ts';"],
  ['examples/demo/src/all.ts', names.map((name) => `import '@videostorage/${name}';`).join('\n')],
];

const libraries = ['zod', 'undici', 'vitest', '@aws-sdk/client-s3'];
const declared: Readonly<Record<string, readonly string[]>> = {
  local: ['zod'],
  'cloudflare-stream': ['undici'],
  's3-cloudfront': ['@aws-sdk/client-s3'],
};

const root = mkdtempSync(join(tmpdir(), 'import-rules-'));
const refusals = new Map<string, Set<string>>();

beforeAll(() => {
  cpSync(join(workspaceRoot, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  write('package.json', JSON.stringify({ devDependencies: { vitest: '*' } }));
  write('tools/tool.ts', 'export const tool = 1;');
  write('examples/demo/src/main.ts', 'export const main = 1;');
  write('packages/local/src/two.ts', "import './one.ts';\nexport const two = 2;\n");
  for (const file of ['deep/utils/a', 'helper', 'common-prefix']) write(`packages/local/src/${file}.ts`, 'export {};');
  write('packages/core/src/retry/retry.ts', 'export const retry = 1;\nexport type Retry = 1;');
  write('packages/core/test-support/clock.ts', 'export const clock = 1;');
  for (const library of libraries) {
    write(`node_modules/${library}/package.json`, JSON.stringify({ name: library, version: '1.0.0', main: 'main.js' }));
    write(`node_modules/${library}/main.js`, 'module.exports = {};');
  }
  for (const name of [...names, 'azure']) writePackage(name);
  for (const [file, code] of [...betweenPackages, ...refused, ...accepted]) write(file, `${code}\n`);
  for (const violation of cruise()) {
    const rules = refusals.get(violation.from) ?? new Set();
    refusals.set(violation.from, rules.add(violation.rule.name));
  }
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const plants = [...betweenPackages, ...refused, ...accepted];
test.each(plants.flatMap(([file, , rule]) => (rule === undefined ? [] : [[file, rule]])))(
  'refuses %s (%s)',
  (file, rule) => {
    expect([...(refusals.get(String(file)) ?? [])]).toContain(rule);
  },
);

test.each(plants.flatMap(([file, , rule]) => (rule === undefined ? [file] : [])))('accepts %s', (file) => {
  expect([...(refusals.get(file) ?? [])]).toEqual([]);
});

test('every package of this repository is drawn', () => {
  expect(packagesOf(workspaceRoot).map(({ manifest }) => manifest.name.slice(14))).toEqual(names.toSorted());
});

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function writePackage(name: string): void {
  const dependencies = [...(siblings[name] ?? ['core']).map((to) => `@videostorage/${to}`), ...(declared[name] ?? [])];
  write(
    `packages/${name}/package.json`,
    JSON.stringify({
      name: `@videostorage/${name}`,
      version: '0.1.0',
      type: 'module',
      exports: { '.': { '@videostorage/source': './src/index.ts', import: './dist/index.js' } },
      dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
    }),
  );
  write(`packages/${name}/src/index.ts`, `export const name = '${name}';\n`);
  mkdirSync(join(root, 'node_modules/@videostorage'), { recursive: true });
  symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@videostorage', name));
}

function cruise(): readonly { readonly from: string; readonly rule: { readonly name: string } }[] {
  const program = join(workspaceRoot, 'node_modules/.bin/depcruise');
  const config = join(workspaceRoot, '.dependency-cruiser.cjs');
  const run = spawnSync(process.execPath, [program, '--config', config, '-T', 'json', 'packages', 'examples'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.stdout === '') throw new Error(run.stderr);
  return JSON.parse(run.stdout).summary.violations;
}
