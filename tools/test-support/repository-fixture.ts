import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PackageManifest } from '../workspace/workspaces.ts';

/** A small repository in a temporary folder, without problems until a test adds one. */
export class RepositoryFixture {
  /** The folder of the repository. */
  readonly root: string = mkdtempSync(join(tmpdir(), 'check-repository-'));

  constructor() {
    for (const [path, text] of Object.entries(sound)) this.write(path, text);
    this.writeManifest({});
    this.writeLock({});
  }

  /** Writes a file, and the folders above it. */
  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Removes a file. */
  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  /** Writes the package.json with some of its fields changed; a field that is undefined is left out. */
  writeManifest(change: Partial<PackageManifest>): void {
    this.write('packages/film/package.json', JSON.stringify({ ...manifest, ...change }));
  }

  /** Writes the lock file with more packages in it. */
  writeLock(packages: Readonly<Record<string, unknown>>): void {
    const film = { 'packages/film': {}, 'node_modules/@videostorage/film': { link: true } };
    const zod = { 'node_modules/zod': { version: '4.6.7' } };
    this.write('package-lock.json', JSON.stringify({ packages: { ...film, ...zod, ...packages } }));
  }

  /** Removes the repository. */
  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The package.json of its only package. */
export const manifest: PackageManifest = {
  name: '@videostorage/film',
  version: '0.1.0',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  repository: { type: 'git', url: 'git+https://github.com/videostorage/videostorage.git', directory: 'packages/film' },
  homepage: 'https://github.com/videostorage/videostorage/tree/main/packages/film#readme',
  bugs: 'https://github.com/videostorage/videostorage/issues',
  engines: { node: '>=22.19' },
  publishConfig: { access: 'public' },
  scripts: { build: 'tsup', typecheck: 'tsc', lint: 'biome check .', test: 'vitest run', bench: 'vitest bench --run' },
  dependencies: { zod: '^4.6.7' },
};

const film = '[film](../packages/film/src/projector.test.ts)';
/** Concatenated, so that this file does not contain an id. */
const [threat, law] = ['T-' + 'A1', 'prop' + 'erty 1'];

const sound: Readonly<Record<string, string>> = {
  'README.md': '| package | what |\n| --- | --- |\n| [@videostorage/film](packages/film) | a reel of film |\n',
  'ARCHITECTURE.md': 'A [map](docs/threats.md#a) and [more](https://example.org), [here](#map).\n',
  'CONTRIBUTING.md': '',
  'SECURITY.md': '',
  'docs/threats.md': `| Id | What holds | Tests |\n| --- | --- | --- |\n| ${threat} | It turns | ${film} |\n| ${law} | It shines | ${film} |\n`,
  'packages/film/README.md': '# Film\n\n```ts run\nexport {};\n```\n',
  'packages/film/LICENSE': 'MIT\n',
  'packages/film/src/projector.test.ts': `// ${threat}, ${law}\n`,
};
