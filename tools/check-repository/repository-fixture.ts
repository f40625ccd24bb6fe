import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PackageManifest } from '../workspace/workspaces.ts';

/** A small repository in a temporary folder, without a problem until a test plants a fault. */
export class RepositoryFixture {
  /** The folder of the repository. */
  readonly root: string = mkdtempSync(join(tmpdir(), 'check-repository-'));

  constructor() {
    for (const [path, text] of Object.entries(soundRepository)) this.write(path, text);
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
    this.write('packages/film/package.json', JSON.stringify({ ...manifest, ...change }, null, 2));
  }

  /** Writes the lock file with more packages in it. */
  writeLock(packages: Readonly<Record<string, unknown>>): void {
    this.write('package-lock.json', JSON.stringify({ packages: { ...lockedPackages, ...packages } }));
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
  description: 'VideoStorage backend: a reel of film.',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  keywords: ['video', 'videostorage', 'film'],
  repository: {
    type: 'git',
    url: 'git+https://github.com/videostorage/videostorage.git',
    directory: 'packages/film',
  },
  homepage: 'https://github.com/videostorage/videostorage/tree/main/packages/film#readme',
  bugs: 'https://github.com/videostorage/videostorage/issues',
  engines: { node: '>=22.19' },
  main: './dist/index.cjs',
  module: './dist/index.js',
  types: './dist/index.d.cts',
  exports: {
    '.': {
      '@videostorage/source': './src/index.ts',
      import: { types: './dist/index.d.ts', default: './dist/index.js' },
      require: { types: './dist/index.d.cts', default: './dist/index.cjs' },
    },
    './package.json': './package.json',
  },
  files: ['dist'],
  publishConfig: { access: 'public' },
  scripts: { build: 'tsup', typecheck: 'tsc', lint: 'biome check .', test: 'vitest run', bench: 'vitest bench --run' },
  dependencies: { zod: '^4.6.7' },
};

const lockedPackages = {
  'packages/film': {},
  'node_modules/@videostorage/film': { link: true },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/@aws-sdk/client-s3': { version: '3.1164.0' },
  'node_modules/@aws-sdk/s3-presigned-post': {
    version: '3.1164.0',
    dependencies: { '@aws-sdk/client-s3': '3.1164.0' },
  },
};

const source = `/** How many frames a second. */
export const framesPerSecond: number = 24;
/** A reel. */
export interface Reel {
  /** Its length. */
  readonly lengthMetres: number;
}
/** Turns a reel. */
export class Projector implements Reel {
  /** @inheritDoc */
  readonly lengthMetres: number = 300;
  readonly #lamp: string = 'on';
  /** Whether it shines. */
  get shines(): boolean {
    return this.#lamp === 'on' && this.turns();
  }
  private turns(): boolean {
    return true;
  }
}
`;

const threats = `| Id | What holds | Tests |
| --- | --- | --- |
| ${'T-'}A1 | It turns | [film](../packages/film) |
| ${'prop'}erty 1 | It shines | [film](../packages/film) |
`;

const soundRepository: Readonly<Record<string, string>> = {
  'README.md': '| package | what |\n| --- | --- |\n| [@videostorage/film](packages/film) | a reel of film |\n',
  'ARCHITECTURE.md': 'The map.\n',
  'CONTRIBUTING.md': 'Come in.\n',
  'SECURITY.md': 'Lock the door.\n',
  LICENSE: 'MIT\n',
  'docs/threats.md': threats,
  'package-lock.json': JSON.stringify({ packages: lockedPackages }),
  'packages/film/package.json': JSON.stringify(manifest),
  'packages/film/README.md': '# Film\n\n```ts run\nexport {};\n```\n',
  'packages/film/LICENSE': 'MIT\n',
  'packages/film/tsconfig.json': '{}\n',
  'packages/film/tsup.config.ts': 'export default {};\n',
  'packages/film/vitest.config.ts': 'export default {};\n',
  'packages/film/src/index.ts': "export * from './projector.ts';\n",
  'packages/film/src/projector.ts': source,
  'packages/film/src/projector.test.ts': `// ${'T-'}A1, ${'prop'}erty 1\n`,
};
