import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { changedSources } from './changed-sources.ts';
import { isDeciding, patternsWithoutFiles } from './deciding-files.ts';
import { type FileScore, mutateFiles } from './mutate-files.ts';
import { exitCodeOf, mutateFile, scoreOf } from './run-stryker.ts';

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
  /** Each file takes a minute, and ends with the given scores. */
  const run = (files: Readonly<Record<string, FileScore | undefined>>, minutes = 10) => {
    let time = 0;
    const limits: number[] = [];
    const mutate = (file: string, timeoutMs: number) => {
      limits.push(timeoutMs / 60_000);
      time += 60_000;
      return files[file];
    };
    return { limits, ...mutateFiles(Object.keys(files), { mutate, budgetMs: minutes * 60_000, now: () => time }) };
  };

  test('of no files passes', () => {
    expect(run({})).toEqual({ lines: [], tooLow: [], limits: [] });
  });

  test('fails by a deciding file below 95 %, not at it, and by no other file', () => {
    const { tooLow, lines } = run({
      [decides]: { mutants: 1000, percent: 94.99 },
      'packages/core/src/retry/retry-budget.ts': { mutants: 100, percent: 95 },
      [other]: { mutants: 9, percent: 0 },
    });
    expect(tooLow).toEqual([decides]);
    expect(lines).toEqual([
      `${decides}: 94.9 % of 1000 mutants noticed (at least 95 %)`,
      'packages/core/src/retry/retry-budget.ts: 95 % of 100 mutants noticed',
      `${other}: 0 % of 9 mutants noticed`,
    ]);
  });

  test('gives each file what is left of the time, and reports what it did not reach', () => {
    const none = { mutants: 1, percent: 0 };
    const { limits, lines, tooLow } = run({ [other]: none, a: undefined, [decides]: none }, 2);
    expect(limits).toEqual([2, 1]);
    expect(lines.slice(1)).toEqual(['a: not run, the time was over', `${decides}: not run, the time was over`]);
    expect(tooLow).toEqual([]);
  });
});

describe('mutating a file', () => {
  const end = (status: number | null) => {
    const root = mkdtempSync(join(tmpdir(), 'mutate-file-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    write(decides, 'as it was');
    const given: unknown[] = [];
    const run = (...args: readonly unknown[]) => {
      given.push(...args);
      write(decides, 'mutated');
      write('packages/core/.test-report/mutants.json', '{"files":{"a":{"mutants":[{"status":"Killed"}]}}}');
      return status;
    };
    const text = () => readFileSync(join(root, decides), 'utf8');
    return {
      outcome: () => mutateFile(decides, 1000, { root, run }),
      text,
      given,
      folder: join(root, 'packages/core'),
    };
  };

  test('reads the score, and gives the file its own text again', () => {
    const { outcome, text, given, folder } = end(0);
    expect(outcome()).toEqual({ mutants: 1, percent: 100 });
    expect([text(), given]).toEqual(['as it was', [folder, ['src/retry/backoff.ts'], { timeoutMs: 1000 }]]);
  });

  test('that is ended at the timeout has no score, and gives the file its own text again', () => {
    const { outcome, text } = end(null);
    expect([outcome(), text()]).toEqual([undefined, 'as it was']);
  });

  test('that fails is an error, whatever an earlier report says, and gives the file its own text again', () => {
    const { outcome, text } = end(1);
    expect(outcome).toThrow(`Stryker failed on ${decides} with exit code 1`);
    expect(text()).toBe('as it was');
  });
});

test('a program that ends with a code of its own when its time is over has none; one that cannot be started is an error', () => {
  const ended = (script: string, timeout?: number) => exitCodeOf(spawnSync('sh', ['-c', script], { timeout }));
  expect(ended("trap 'exit 143' TERM; while :; do sleep 0.02; done", 200)).toBeNull();
  expect([ended('exit 143'), ended('exit 0', 60_000)]).toEqual([143, 0]);
  expect(() => exitCodeOf(spawnSync(join(tmpdir(), 'no-such-program')))).toThrow('ENOENT');
});

test('the score counts timeouts as noticed, mutants without a test as survivors, no ignored or invalid ones; none are 100 %', () => {
  const statuses = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError', 'RuntimeError'];
  const report = {
    files: {
      a: { mutants: statuses.slice(0, 3).map((status) => ({ status })) },
      b: { mutants: statuses.slice(3).map((status) => ({ status })) },
    },
  };
  expect(scoreOf(JSON.stringify(report))).toEqual({ mutants: 5, percent: 60 });
  expect(scoreOf('{"files":{}}')).toEqual({ mutants: 0, percent: 100 });
});

test('each pattern of deciding files finds some; tests and other code are none', () => {
  expect(patternsWithoutFiles(workspaceRoot)).toEqual([]);
  expect(patternsWithoutFiles(tmpdir())).not.toEqual([]);
  expect([decides, other, 'packages/core/src/retry/deep/backoff.ts'].map(isDeciding)).toEqual([true, false, false]);
});
