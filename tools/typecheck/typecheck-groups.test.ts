import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { typecheckGroups } from './typecheck-groups.ts';

test('projects with equal settings are one group, whatever the order in which they name them; each file is in it once', () => {
  const root = mkdtempSync(join(tmpdir(), 'typecheck-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const project = (path: string, settings: string, include = 'src') => {
    write(`${path}/tsconfig.json`, `{ "compilerOptions": { ${settings} }, "include": ["${include}"] }`);
    write(`${path}/src/index.ts`, 'export {};');
  };
  project('packages/film', '"strict": true, "lib": ["ES2023"]');
  project('packages/page', '"strict": true, "lib": ["DOM"]');
  project('examples/cinema', '"lib": ["ES2023"], "strict": true');
  project('tools', '"lib": ["ES2023"], "strict": true', '../packages/film/src');
  const groups = typecheckGroups(root).map(({ projects, files }) => ({
    projects,
    files: files.map((file) => file.slice(root.length + 1)),
  }));
  expect(groups).toEqual([
    {
      projects: ['examples/cinema/tsconfig.json', 'packages/film/tsconfig.json', 'tools/tsconfig.json'],
      files: ['examples/cinema/src/index.ts', 'packages/film/src/index.ts'],
    },
    { projects: ['packages/page/tsconfig.json'], files: ['packages/page/src/index.ts'] },
  ]);

  write('packages/film/tsconfig.json', '{ "compilerOptions": { "strict": "perhaps" } }');
  expect(() => typecheckGroups(root)).toThrow(/packages\/film\/tsconfig\.json: .*strict/);
});

test('every package and example of this repository is checked', () => {
  const projects = typecheckGroups(workspaceRoot).flatMap((group) => group.projects);
  expect(projects).toEqual(expect.arrayContaining(['packages/core/tsconfig.test.json', 'tools/tsconfig.json']));
  expect(projects.filter((file) => file.startsWith('packages/')).length).toBeGreaterThanOrEqual(15);
});
