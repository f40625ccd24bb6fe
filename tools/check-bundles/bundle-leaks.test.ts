import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { type BrowserEntry, browserEntries } from './browser-entries.ts';
import { bundleLeaks } from './bundle-leaks.ts';
import { forbiddenCode } from './forbidden-code.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-bundles-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const leaks = (runsIn: BrowserEntry['runsIn'] = 'browser') => bundleLeaks(root, { file: 'src/index.ts', runsIn });

describe('planted', () => {
  test('nothing: a clean bundle has no leak', async () => {
    write('src/index.ts', "export { frames } from './frames.ts';");
    write(
      'src/frames.ts',
      "import type { ReadStream } from 'node:fs';\n/** node: */\nexport const frames: ReadStream[] = [];",
    );
    expect(await leaks()).toEqual([]);
  });

  test.each(forbiddenCode)('$example is found, and its module named', async ({ example, reason }) => {
    write('src/index.ts', "export { frames } from './deep/frames.ts';\nexport const clean: string = 'clean';");
    write('src/deep/frames.ts', `export const frames: string = ${JSON.stringify(`a ${example} b`)};`);
    expect(await leaks()).toEqual([{ module: 'src/deep/frames.ts', message: expect.stringContaining(reason) }]);
  });

  test.each(forbiddenCode)(
    '$example is found in a worker only where Node is meant or a secret is in it',
    async (planted) => {
      write('src/index.ts', `export const frames: string = ${JSON.stringify(`a ${planted.example} b`)};`);
      expect(await leaks('worker')).toHaveLength(planted.from.includes('worker') ? 1 : 0);
    },
  );

  test('words that a scrubber looks for are no leak', async () => {
    write('src/index.ts', 'export const key: RegExp = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/g;');
    expect(await leaks()).toEqual([]);
  });

  test('a read of process.env is found', async () => {
    write('src/index.ts', "export const secret = process.env['SECRET'];");
    expect(await leaks()).toEqual([{ module: 'src/index.ts', message: expect.stringContaining('"process.env"') }]);
  });

  test.each(['node:fs', 'fs', 'fs/promises'])('an import of %s is found, and its module named', async (name) => {
    write('src/index.ts', "export { read } from './read.ts';");
    write('src/read.ts', `import * as files from '${name}';\nexport const read = files;`);
    expect(await leaks()).toContainEqual({
      module: 'src/read.ts',
      message: `imports ${name}, which is not in the bundle`,
    });
  });

  test('what a library brings is found too', async () => {
    write('node_modules/sdk/package.json', JSON.stringify({ name: 'sdk', main: 'main.js' }));
    write('node_modules/sdk/main.js', "exports.host = 's3.amazonaws.com';");
    write('src/index.ts', "export { host } from 'sdk';");
    expect(await leaks()).toEqual([
      { module: 'node_modules/sdk/main.js', message: expect.stringContaining('"amazonaws"') },
    ]);
  });

  test('a module that is not there is found', async () => {
    write('src/index.ts', "export * from './gone.ts';");
    expect(await leaks()).toEqual([{ module: 'src/index.ts', message: expect.stringContaining('./gone.ts') }]);
  });
});

describe('ours', () => {
  test.each(browserEntries)('$file is clean in a $runsIn', async (entry) => {
    expect(await bundleLeaks(workspaceRoot, entry)).toEqual([]);
  });

  const placesOf = (folder: string) =>
    new Set(browserEntries.filter(({ file }) => file.startsWith(`${folder}/`)).map(({ runsIn }) => runsIn));
  test.each(packagesOf(workspaceRoot))('$folder says in its README where it runs', ({ folder }) => {
    const text = readFileSync(join(workspaceRoot, folder, 'README.md'), 'utf8');
    const said = /^Runs in (?<places>[^;:.(]*)/m.exec(text)?.groups?.['places'] ?? '';
    expect({
      browser: /browsers/.test(said),
      worker: /workers/.test(said),
      nodeOrBrowser: /Node|browsers/.test(said),
    }).toEqual({
      ...{ browser: placesOf(folder).has('browser'), worker: placesOf(folder).has('worker') },
      nodeOrBrowser: true,
    });
  });
});
