import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace-root.ts';

/** A small workspace in a temporary folder, with the real programs and configurations. */
export class WorkspaceFixture {
  /** The folder of the workspace. */
  readonly root: string = mkdtempSync(join(tmpdir(), 'run-tests-'));

  constructor() {
    symlinkSync(join(workspaceRoot, 'node_modules'), join(this.root, 'node_modules'));
    for (const file of ['vitest.shared.ts', 'tsconfig.base.json']) {
      cpSync(join(workspaceRoot, file), join(this.root, file));
    }
    this.write('nx.json', JSON.stringify({ useDaemonProcess: false, analytics: false, neverConnectToCloud: true }));
    this.write('package.json', JSON.stringify({ name: 'fixture', private: true, workspaces: ['packages/*'] }));
    this.write('package-lock.json', JSON.stringify({ name: 'fixture', lockfileVersion: 3, packages: {} }));
  }

  /** Writes a package with these files below its `src`. */
  writePackage(name: string, files: Readonly<Record<string, string>>): void {
    const folder = `packages/${name}`;
    this.write(
      `${folder}/package.json`,
      JSON.stringify({ name, version: '1.0.0', type: 'module', scripts: { test: 'vitest run' } }),
    );
    this.write(`${folder}/tsconfig.json`, JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src'] }));
    this.write(
      `${folder}/vitest.config.ts`,
      `import { workspaceTests } from '../../vitest.shared.ts';\nexport default workspaceTests({ name: '${name}' });\n`,
    );
    for (const [file, code] of Object.entries(files)) this.write(`${folder}/src/${file}`, code);
  }

  /** Writes a file, and the folders above it. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Removes the workspace. */
  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
