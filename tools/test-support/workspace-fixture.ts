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
    const propertyRuns = 'packages/core/test-support/property-runs.ts';
    for (const file of [
      'vitest.config.ts',
      'vitest.shared.ts',
      'vitest.setup.ts',
      'tsconfig.base.json',
      propertyRuns,
    ]) {
      cpSync(join(workspaceRoot, file), join(this.root, file));
    }
  }

  /** Writes a package with these files below its `src`. */
  writePackage(name: string, files: Readonly<Record<string, string>>): void {
    const folder = `packages/${name}`;
    this.write(`${folder}/package.json`, JSON.stringify({ name, type: 'module' }));
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
