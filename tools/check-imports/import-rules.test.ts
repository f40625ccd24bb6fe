import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';

interface Plant {
  /** The file that imports. */
  readonly file: string;
  readonly code: string;
  /** The rule that must refuse it; absent when it must be accepted. */
  readonly rule?: string;
}

const siblings: Readonly<Record<string, readonly string[]>> = {
  core: [],
  media: ['core'],
  local: ['core', 'media'],
  'cloudflare-stream': ['core'],
  's3-cloudfront': ['core', 'media'],
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

const betweenPackages: readonly Plant[] = names.flatMap((from) =>
  names
    .filter((to) => to !== from)
    .map((to) => ({
      file: `packages/${from}/src/to-${to}.ts`,
      code: `export ${from === 'emulators' ? 'type ' : ''}* from '@videostorage/${to}';`,
      ...(siblings[from]?.includes(to) ? {} : { rule: `${from}-imports` }),
    })),
);

const refused: readonly Plant[] = [
  { file: 'packages/azure/src/a.ts', code: "export * from '@videostorage/core';", rule: 'package-without-rule' },
  { file: 'packages/core/src/node.ts', code: "export * from 'node:fs';", rule: 'core-has-no-dependency' },
  { file: 'packages/core/src/npm.ts', code: "export * from 'zod';", rule: 'core-has-no-dependency' },
  { file: 'packages/core/src/npm-type.ts', code: "export type * from 'zod';", rule: 'core-has-no-dependency' },
  {
    file: 'packages/core/src/a.test.ts',
    code: "import '@videostorage/testing';",
    rule: 'core-tests-without-testing',
  },
  {
    file: 'packages/core/src/contract/working.ts',
    code: "export { retry } from '../retry/retry.ts';",
    rule: 'contract-is-types-only',
  },
  {
    file: 'packages/emulators/src/code.ts',
    code: "export { name } from '@videostorage/core';",
    rule: 'emulators-know-types-only',
  },
  {
    file: 'packages/local/src/to-emulators.ts',
    code: "export * from '@videostorage/emulators';",
    rule: 'emulators-in-tests-only',
  },
  {
    file: 'packages/testing/src/b.test.ts',
    code: "import '@videostorage/emulators';",
    rule: 'testing-without-emulators',
  },
  { file: 'packages/local/src/one.ts', code: "import './two.ts';\nexport const one = 1;", rule: 'no-circular' },
  { file: 'packages/local/src/inside.ts', code: "import './index.ts';", rule: 'no-package-index-from-inside' },
  {
    file: 'packages/local/src/path.ts',
    code: "export * from '../../core/src/retry/retry.ts';",
    rule: 'no-relative-cross-package',
  },
  {
    file: 'packages/local/src/demo.ts',
    code: "import '../../../examples/demo/src/main.ts';",
    rule: 'packages-stand-alone',
  },
  { file: 'packages/local/src/tool.ts', code: "import '../../../tools/tool.ts';", rule: 'packages-stand-alone' },
  { file: 'packages/local/src/shipped.ts', code: "import './x.test.ts';", rule: 'source-without-tests' },
  { file: 'packages/core/src/shipped.ts', code: "import '../test-support/clock.ts';", rule: 'source-without-tests' },
  { file: 'packages/local/src/nowhere.ts', code: "import 'no-such-package';", rule: 'not-to-unresolvable' },
  { file: 'packages/local/src/no-file.ts', code: "import './no-such-file.ts';", rule: 'not-to-unresolvable' },
  { file: 'packages/local/src/undeclared.ts', code: "import 'undici';", rule: 'no-undeclared' },
  { file: 'packages/local/src/dev.ts', code: "import 'vitest';", rule: 'no-undeclared' },
  {
    file: 'packages/s3-cloudfront/src/s3-client.ts',
    code: "import './s3-cloudfront-storage.ts';",
    rule: 'client-has-no-policy',
  },
  {
    file: 'packages/core/src/some-client.ts',
    code: "import './retry/retry.ts';",
    rule: 'client-has-no-policy',
  },
  { file: 'packages/local/src/http-storage.ts', code: "import 'node:https';", rule: 'storage-has-no-http' },
  { file: 'packages/cloudflare-stream/src/x-storage.ts', code: "import 'undici';", rule: 'storage-has-no-http' },
  {
    file: 'packages/s3-cloudfront/src/y-storage.ts',
    code: "import '@aws-sdk/client-s3';",
    rule: 'storage-has-no-http',
  },
];

const accepted: readonly Plant[] = [
  { file: 'packages/core/src/contract/types.ts', code: "export type { Retry } from '../retry/retry.ts';" },
  {
    file: 'packages/core/src/x.test.ts',
    code: "import 'node:fs';\nimport 'vitest';\nimport '../test-support/clock.ts';",
  },
  {
    file: 'packages/emulators/src/clock.ts',
    code: "import type { name } from '@videostorage/core';\nexport type Name = typeof name;",
  },
  { file: 'packages/emulators/src/x.test.ts', code: "import '@videostorage/testing';\nimport 'vitest';" },
  { file: 'packages/local/src/y.test.ts', code: "import '@videostorage/emulators';" },
  { file: 'packages/local/src/x.test.ts', code: "import '@videostorage/testing';\nimport 'vitest';" },
  { file: 'packages/local/src/x.bench.ts', code: "import '@videostorage/s3-cloudfront';" },
  { file: 'packages/local/src/node.ts', code: "import 'node:fs';\nimport 'zod';" },
  { file: 'packages/local/src/left.ts', code: "import type { Right } from './right.ts';\nexport type Left = Right;" },
  { file: 'packages/local/src/right.ts', code: "import type { Left } from './left.ts';\nexport type Right = Left[];" },
  {
    file: 'packages/s3-cloudfront/src/s3-cloudfront-storage.ts',
    code: "import type * as aws from '@aws-sdk/client-s3';\nexport type Client = aws.S3Client;",
  },
  { file: 'packages/cloudflare-stream/src/cloudflare-client.ts', code: "import 'undici';" },
  {
    file: 'examples/demo/src/all.ts',
    code: names.map((name) => `import '@videostorage/${name}';`).join('\n'),
  },
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
  write('packages/core/src/retry/retry.ts', 'export const retry = 1;\nexport type Retry = 1;');
  write('packages/core/test-support/clock.ts', 'export const clock = 1;');
  for (const library of libraries) {
    write(`node_modules/${library}/package.json`, JSON.stringify({ name: library, version: '1.0.0', main: 'main.js' }));
    write(`node_modules/${library}/main.js`, 'module.exports = {};');
  }
  for (const name of [...names, 'azure']) writePackage(name);
  for (const { file, code } of [...betweenPackages, ...refused, ...accepted]) write(file, `${code}\n`);
  for (const violation of cruise()) {
    const rules = refusals.get(violation.from) ?? new Set();
    refusals.set(violation.from, rules.add(violation.rule.name));
  }
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('refuses', () => {
  const plants = [...betweenPackages, ...refused].filter(({ rule }) => rule !== undefined);
  test.each(plants)('$file ($rule)', ({ file, rule }) => {
    expect([...(refusals.get(file) ?? [])]).toContain(rule);
  });
});

describe('accepts', () => {
  const plants = [...betweenPackages, ...accepted].filter(({ rule }) => rule === undefined);
  test.each(plants)('$file', ({ file }) => {
    expect([...(refusals.get(file) ?? [])]).toEqual([]);
  });
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
