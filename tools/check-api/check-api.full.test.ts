import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiEntriesOf } from './api-entries.ts';
import { compiledEntries, compilerOptions, reportApi } from './api-report.ts';
import { PublishedTypes } from './published-types.ts';

/** Each check compiles the entries twice, with the types of the platform. */
const timeout = 120_000;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-api-'));
  const entry = (name: string) => ({ '@videostorage/source': `./src/${name}.ts` });
  const exports = { '.': entry('index'), './reel': entry('reel/index'), './package.json': './package.json' };
  write('package.json', JSON.stringify({ name: '@videostorage/film', version: '0.1.0', type: 'module', exports }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(root, 'packages/film', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The problems of each entry. */
function look(accept = false) {
  const entries = apiEntriesOf(root);
  const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, types: [] }, root);
  const types = new PublishedTypes(
    entries.map(({ declarations }) => declarations),
    options,
  );
  return compiledEntries(root, entries).map(([entry, compiled]) => reportApi(root, entry, types, compiled, accept));
}

const faulty = `declare const Made: { new (): Lamp };
interface Lamp {}
/** Names a type that cannot be imported. */
declare function light(lamp: Lamp): void;
declare function a(): void;
type B = 'x';
/** C. */
interface C {
  readonly c: number;
}
/** D. */
declare abstract class D extends Made {
  d(): void;
  protected abstract e(): void;
  /** @throws {Error} always */
  f(): void;
}
export { light, a, B, C, D };
`;

const sound = `export {};
/** A port. */
export interface Port {
  /** Sends. @throws {Error} when it is closed */
  send(): void;
  /** Closes. */
  close(): void;
}
declare const Base: typeof HTMLElement;
/** An element. */
export declare class Element extends Base {}
/** An adapter. */
export declare class Adapter implements Port {
  send(): void;
  /** @inheritDoc */
  close(): void;
}
`;

test('leaking types and missing comments are found, inherited comments and exports of other entries are accepted, and a report differs after a change', {
  timeout,
}, () => {
  write('dist/index.d.ts', faulty);
  const reel = `import type { C } from '../index.js';\n${sound}/** Uses another entry. */\nexport declare function use(c: C)`;
  write('dist/reel/index.d.ts', `${reel}: void;\n`);
  const [faults, none] = look(true);
  expect(none).toEqual({ changed: true, problems: [] });
  expect(faults?.problems.toSorted()).toEqual([
    'packages/film/dist/index.d.ts:12: The symbol "Made" needs to be exported by the entry point index.d.ts (ae-forgotten-export)',
    'packages/film/dist/index.d.ts:13: Missing documentation for "d". (ae-undocumented)',
    'packages/film/dist/index.d.ts:14: Missing documentation for "e". (ae-undocumented)',
    'packages/film/dist/index.d.ts:16: Missing documentation for "f". (ae-undocumented)',
    'packages/film/dist/index.d.ts:4: The symbol "Lamp" needs to be exported by the entry point index.d.ts (ae-forgotten-export)',
    'packages/film/dist/index.d.ts:5: Missing documentation for "a". (ae-undocumented)',
    'packages/film/dist/index.d.ts:6: Missing documentation for "B". (ae-undocumented)',
    'packages/film/dist/index.d.ts:9: Missing documentation for "c". (ae-undocumented)',
  ]);

  write('dist/reel/index.d.ts', `${reel}: string;\n`);
  expect(look().map(({ changed }) => changed)).toEqual([false, true]);
  const report = readFileSync(join(root, 'packages/film/api/reel.api.md'), 'utf8');
  expect(report).toContain('export function use(c: C): void;');
});
