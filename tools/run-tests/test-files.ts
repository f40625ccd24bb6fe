import { filesBelow } from '../workspace/source-files.ts';

/** Which tests: those that need no service, or those that need services and a browser. */
export type TestKind = 'unit' | 'full';

/** All test files of a kind, relative to the root. */
export function testFilesOf(root: string, kind: TestKind): readonly string[] {
  return filesBelow(root, ['packages', 'examples', 'tools']).filter(
    (file) => /\.test\.tsx?$/.test(file) && /\.full\.test\.tsx?$/.test(file) === (kind === 'full'),
  );
}

/** The test files of each folder that has a vitest configuration of its own: `packages/core`, `examples/chaos`, `tools`. */
export function byProject(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(files, (file) => String(/^(tools|[^/]+\/[^/]+)/.exec(file)?.[0]));
}
