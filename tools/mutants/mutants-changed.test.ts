import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { changedSources } from './changed-sources.ts';
import { decidingFiles, isDeciding } from './deciding-files.ts';
import { mutateFiles } from './mutate-files.ts';
import { exitCodeOf, mutateFile } from './run-stryker.ts';
import { strykerOptions } from './stryker-options.ts';

const decides = 'packages/core/src/retry/backoff.ts';
const other = 'packages/core/src/log/logger.ts';

describe('the changed sources', () => {
  const clone = () => {
    const root = mkdtempSync(join(tmpdir(), 'changed-sources-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=trunk', ...args], {
        cwd: root,
      });
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    const commit = () => {
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', 'a');
    };
    git('init', '-q');
    for (const file of [decides, other, 'packages/core/src/gone.ts']) write(file, '1');
    commit();
    return { root, git, write, commit };
  };

  test('are those since the merge base, committed or not, the deciding first; none on the base itself', () => {
    const { root, git, write, commit } = clone();
    expect(changedSources(root, 'trunk')).toEqual([]);
    git('switch', '-q', '-c', 'work');
    write(other, '2');
    commit();
    write(decides, '2');
    git('switch', '-q', 'trunk');
    git('switch', '-q', '-c', 'moved-on');
    git('stash', '-q');
    for (const file of ['of-others.ts', 'gone.ts']) write(`packages/core/src/${file}`, '2');
    commit();
    git('switch', '-q', 'work');
    git('stash', 'pop', '-q');
    expect(changedSources(root, 'moved-on')).toEqual([decides, other]);
  });

  test('are by default those since origin/main; none in a clone of main, nor where the branch is unknown', () => {
    const { root, git, write, commit } = clone();
    write(decides, '2');
    expect(changedSources(root)).toEqual([]);
    commit();
    git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
    expect(changedSources(root)).toEqual([decides]);
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect(changedSources(root)).toEqual([]);
  });

  test('are code of packages: no tests, types, lists of exports, other files, or files that are gone', () => {
    const { root, git, write, commit } = clone();
    git('switch', '-q', '-c', 'work');
    const inCore = [
      'src/a.test.ts',
      'src/a.test-d.ts',
      'src/a.bench.ts',
      'src/index.ts',
      'src/x/index.ts',
      'README.md',
    ];
    for (const file of [...inCore, 'src/contract/a.ts', 'test-support/a.ts', 'proof/a.proof.ts'])
      write(`packages/core/${file}`, '1');
    for (const file of ['tools/a.ts', 'examples/node/src/main.ts', 'packages/local/src/folder/index-of.ts'])
      write(file, '1');
    rmSync(join(root, 'packages/core/src/gone.ts'));
    commit();
    expect(changedSources(root, 'trunk')).toEqual(['packages/local/src/folder/index-of.ts']);
  });

  test('of an unknown base are an error, not none', () => {
    expect(() => changedSources(clone().root, 'origin/main')).toThrow();
  });
});

describe('a run', () => {
  /** Each file takes a minute, and ends with the given code. */
  const run = (files: Readonly<Record<string, number | null>>, minutes = 10) => {
    let time = 0;
    const limits: number[] = [];
    const mutate = (file: string, timeoutMs: number) => {
      limits.push(timeoutMs / 60_000);
      time += 60_000;
      return files[file] ?? null;
    };
    return { limits, ...mutateFiles(Object.keys(files), { mutate, budgetMs: minutes * 60_000, now: () => time }) };
  };

  test('of no files passes', () => {
    expect(run({})).toEqual({ failed: [], notRun: [], limits: [] });
  });

  test('fails by each file on which Stryker ends with another code than 0', () => {
    expect(run({ a: 0, [decides]: 1, [other]: 143 })).toMatchObject({ failed: [decides, other], notRun: [] });
  });

  test('gives each file the remaining time, and names those that were not run to the end', () => {
    const { limits, failed, notRun } = run({ [other]: 0, a: null, [decides]: 1 }, 2);
    expect([limits, failed, notRun]).toEqual([[2, 1], [], ['a', decides]]);
  });
});

describe('mutating a file', () => {
  const end = (file: string, status: number | null) => {
    const root = mkdtempSync(join(tmpdir(), 'mutate-file-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    write(file, 'as it was');
    const given: unknown[] = [];
    const run = (...args: readonly unknown[]) => {
      given.push(...args);
      write(file, 'mutated');
      return status;
    };
    const text = () => readFileSync(join(root, file), 'utf8');
    return {
      outcome: () => mutateFile(file, 1000, { root, run }),
      text,
      given,
      folder: join(root, 'packages/core'),
    };
  };

  test.each([0, 1, null])('returns the code of Stryker (%s), and restores the file’s text', (code) => {
    const { outcome, text } = end(decides, code);
    expect([outcome(), text()]).toEqual([code, 'as it was']);
  });

  test.each([
    [decides, 95],
    [other, null],
  ])('of %s asks for a score of %s', (file, leastScore) => {
    const { outcome, given, folder } = end(file, 0);
    outcome();
    expect(given).toEqual([folder, [file.replace('packages/core/', '')], { timeoutMs: 1000, leastScore }]);
    expect(strykerOptions([], { leastScore })).toMatchObject({
      thresholds: { break: leastScore },
      ignoreStatic: false,
    });
  });
});

test('a program that is stopped at its time limit has no code, even when it exits with one; one that cannot be started is an error', () => {
  const ended = (script: string, timeout?: number) => exitCodeOf(spawnSync('sh', ['-c', script], { timeout }));
  expect(ended("trap 'exit 143' TERM; while :; do sleep 0.02; done", 200)).toBeNull();
  expect([ended('exit 143'), ended('exit 0', 60_000)]).toEqual([143, 0]);
  expect(() => exitCodeOf(spawnSync(join(tmpdir(), 'no-such-program')))).toThrow('ENOENT');
});

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`. */
function expanded(pattern: string): readonly string[] {
  const [, before = '', choices, after = ''] = /^(.*?)\{([^}]+)\}(.*)$/.exec(pattern) ?? [];
  return choices === undefined
    ? [pattern]
    : choices.split(',').flatMap((choice) => expanded(`${before}${choice}${after}`));
}

test.each(decidingFiles.flatMap(expanded))('%s, which makes decisions, exists', (pattern) => {
  expect(globSync(pattern, { cwd: workspaceRoot })).not.toEqual([]);
});

test('tests, other code and deeper folders do not count as making decisions', () => {
  expect([decides, other, 'packages/core/src/retry/deep/backoff.ts'].map(isDeciding)).toEqual([true, false, false]);
});
