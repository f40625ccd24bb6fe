import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consumerLock } from '../workspace/consumer-lock.ts';
import { commonJsForm } from './commonjs-form.ts';
import { consumerExamples, foreignImportsOf } from './consumer-examples.ts';
import { markdownExamples } from './markdown-examples.ts';
import { tarballProblems } from './tarball-contents.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-consumer-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe('examples', () => {
  const markdown =
    '# A\n\n```ts\nconst a = 1;\n```\n\n```bash\nls\n```\n\n```ts run\nconst b = 2;\nconst c = 3;\n```\n\n```tsx\n<a />;\n```\n';

  test('are the ts and tsx blocks, with their lines and whether they are run', () => {
    expect(markdownExamples(markdown)).toEqual([
      { line: 4, code: 'const a = 1;\n', isRun: false, isReact: false },
      { line: 12, code: 'const b = 2;\nconst c = 3;\n', isRun: true, isReact: false },
      { line: 17, code: '<a />;\n', isRun: false, isReact: true },
    ]);
  });

  test('come from the root and from each package', () => {
    write('README.md', markdown);
    write('packages/film/README.md', '```ts\n1;\n```\n');
    const examples = consumerExamples(root, ['.', 'packages/film', 'packages/without-readme']);
    expect(examples.map(({ origin, name }) => ({ origin, name }))).toEqual([
      { origin: 'README.md:4', name: 'root-4' },
      { origin: 'README.md:12', name: 'root-12' },
      { origin: 'README.md:17', name: 'root-17' },
      { origin: 'packages/film/README.md:2', name: 'film-2' },
    ]);
    expect(examples.map(({ commonJs }) => commonJs !== undefined)).toEqual([false, true, false, false]);
  });

  test('name the other packages that they import', () => {
    const module =
      "import 'a/b';\nimport { x } from '@c/d/e';\nimport './f.ts';\nimport g from 'node:fs';\nawait import('h');\nexport * from '@videostorage/core';\n";
    expect([...foreignImportsOf([{ origin: '', name: '', module, isReact: false }])]).toEqual(['a', '@c/d', 'h']);
  });
});

test('a consumer gets the locked versions of packages from the registry, and nothing of the workspace', () => {
  const packages = {
    '': { name: 'videostorage' },
    'node_modules/a': { version: '1.2.3' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/@videostorage/core': { resolved: 'packages/core', link: true },
    'packages/core': { version: '0.1.0' },
    'packages/core/node_modules/b': { version: '3.0.0' },
  };
  write('package-lock.json', JSON.stringify({ name: 'videostorage', lockfileVersion: 3, packages }));
  expect(consumerLock(root)).toEqual({
    lockfileVersion: 3,
    packages: { 'node_modules/a': { version: '1.2.3' }, 'node_modules/a/node_modules/b': { version: '2.0.0' } },
  });
});

test('the CommonJS form keeps imports on top, and awaits inside a function', () => {
  const form = commonJsForm(
    "import { a } from 'a';\n// why\nconst b = await a();\nimport c from 'c';\nconsole.log(b, c);\n",
  );
  expect(form).toMatch(
    /^import \{ a \} from 'a';\nimport c from 'c';\nasync function main\(\): Promise<void> \{\n\/\/ why\n/,
  );
  expect(form).toContain('const b = await a();\nconsole.log(b, c);\n}\nmain().catch(');
});

describe('T-M1: a tarball', () => {
  const manifest = { name: 'film', exports: { '.': {}, './reel.yaml': './reel.yaml' } };
  const files = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.js.map', 'dist/a/b.d.cts'];
  const good = [...files, 'reel.yaml'];
  const problems = (names: readonly string[]) => tarballProblems(root, names, manifest, '/build/place');
  beforeEach(() => {
    for (const file of good) write(file, 'text');
    write('dist/index.js.map', JSON.stringify({ sources: ['../src/index.ts'] }));
  });

  test('of code, documents and named assets is accepted', () => {
    expect(problems(good)).toEqual([]);
  });

  test.each([
    ...['dist/a.test.js', 'dist/a.full.test.js', 'dist/a.test-d.js', 'src/index.ts', 'coverage/index.html'],
    ...['.npmrc', '.env', 'secret.pem', 'other.yaml', 'src/video.mp4', 'dist/index.exe', 'src/.git/config'],
  ])('with %s is refused', (file) => {
    write(file, 'text');
    expect(problems([...good, file])).toEqual([`${file} must not be in the tarball`]);
  });

  test.each(['/home/me/src/index.ts', 'file:///home/me/index.ts', 'C:\\me\\index.ts'])(
    'whose source map names %s is refused',
    (source) => {
      write('dist/index.js.map', JSON.stringify({ sources: [source] }));
      expect(problems(good)).toEqual([`dist/index.js.map names the source ${source}, which is not relative`]);
    },
  );

  test('that names the folder it was built in is refused', () => {
    write('dist/index.js', "const file = '/build/place/src/index.ts';");
    expect(problems(good)).toEqual(['dist/index.js names the folder it was built in']);
  });

  test('whose React entry lacks "use client" is refused', () => {
    const entries = ['dist/react/index.js', 'dist/react/index.cjs'];
    write('dist/react/index.js', '"use client";\nexport {};');
    write('dist/react/index.cjs', '"use strict";\n"use client";\n');
    expect(problems([...good, ...entries])).toEqual([]);
    for (const entry of entries) write(entry, 'export {};');
    expect(problems([...good, ...entries])).toEqual(
      entries.map((entry) => `${entry} must begin with "use client", for server components of React`),
    );
  });
});
