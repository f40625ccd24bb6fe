import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { type BrowserEntry, browserEntries } from './browser-entries.ts';
import { bundleLeaks } from './bundle-leaks.ts';

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

test('types, comments, unused code and the patterns of a scrubber are not leaks', async () => {
  write(
    'src/index.ts',
    "export { frames } from './frames.ts';\nexport const key: RegExp = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/g;",
  );
  write(
    'src/frames.ts',
    "import type { ReadStream } from 'node:fs';\n/** node:fs */\nexport const frames: ReadStream[] = [];\nexport const unused: string = 'amazonaws';",
  );
  expect(await leaks()).toEqual([]);
  expect(await leaks('worker')).toEqual([]);
});

const inBoth = ['AWS_SECRET_ACCESS_KEY', '-----BEGIN PRIVATE KEY-----\nMIIE', 'node:fs', 'process.env', '__dirname'];
const inBrowsers = ['s3.amazonaws.com', 'X-Amz-Credential', 'secretAccessKey', 'https://api.cloudflare.com/client/v4'];
test.each([...inBoth.map((text) => [text, 1] as const), ...inBrowsers.map((text) => [text, 0] as const)])(
  '%j is found in a browser bundle, with its module, and in a worker when it is from Node or a secret (%i)',
  async (text, inWorkers) => {
    write('src/index.ts', "export { frames } from './deep/frames.ts';\nexport const clean: string = 'clean';");
    write('src/deep/frames.ts', `export const frames: string = ${JSON.stringify(`a ${text} b`)};`);
    expect(await leaks()).toEqual([expect.stringMatching(/^src\/deep\/frames\.ts: /)]);
    expect(await leaks('worker')).toHaveLength(inWorkers);
  },
);

test('a read of process.env is found', async () => {
  write('src/index.ts', "export const secret = process.env['SECRET'];");
  expect(await leaks()).toEqual(['src/index.ts: process.env']);
});

test.each(['node:fs', 'fs', 'fs/promises'])('an import of %s is found, and its module named', async (name) => {
  write('src/index.ts', "export { read } from './read.ts';");
  write('src/read.ts', `import * as files from '${name}';\nexport const read = files;`);
  expect(await leaks()).toContain(`src/read.ts: imports ${name}`);
});

test('code from a library is found too, and a missing module', async () => {
  write('node_modules/sdk/package.json', JSON.stringify({ name: 'sdk', main: 'main.js' }));
  write('node_modules/sdk/main.js', "exports.host = 's3.amazonaws.com';");
  write('src/index.ts', "export { host } from 'sdk';");
  expect(await leaks()).toEqual(['node_modules/sdk/main.js: amazonaws']);
  write('src/index.ts', "export * from './gone.ts';");
  expect(await leaks()).toEqual([expect.stringMatching(/^src\/index\.ts: .*\.\/gone\.ts/)]);
});

const placesOf = (folder: string) =>
  new Set(browserEntries.filter(({ file }) => file.startsWith(`${folder}/`)).map(({ runsIn }) => runsIn));
test.each(packagesOf(workspaceRoot))('$folder says in its README where it runs', ({ folder }) => {
  const text = readFileSync(join(workspaceRoot, folder, 'README.md'), 'utf8');
  const places = /^Runs in (?<places>[^;:.(]*)/m.exec(text)?.groups?.['places'] ?? '';
  const says = (word: RegExp) => word.test(places);
  expect([says(/browsers/), says(/workers/)]).toEqual([
    placesOf(folder).has('browser'),
    placesOf(folder).has('worker'),
  ]);
  expect(says(/Node|browsers/)).toBe(true);
});
