import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Expression, expressionsOf, sourceFilesOf } from '../test-support/source-expressions.ts';
import { CREDENTIAL_NAME } from './log/credential-name.ts';

/** All folders but `contract`, which holds types only. */
const folders = [
  ...['base-storage', 'errors', 'log', 'options', 'rate-limit', 'reference', 'retry', 'time', 'validation'],
] as const;
const filesOf = (folder: string) => sourceFilesOf(join(import.meta.dirname, folder));
const files = folders.flatMap(filesOf);

describe('T-I1: regular expressions', () => {
  let checkSync: typeof import('recheck').checkSync;

  beforeAll(async () => {
    // Run the analysis in this process, not in a native helper program.
    vi.stubEnv('RECHECK_SYNC_BACKEND', 'pure');
    ({ checkSync } = await import('recheck'));
  });

  const literals = files.flatMap(expressionsOf);
  const built: Expression[] = [
    { file: 'credential-name.ts', source: CREDENTIAL_NAME.source, flags: CREDENTIAL_NAME.flags },
  ];

  test('all are found: the literals of every folder, and the expressions that two files build', () => {
    const isFolder = (name: string) => !name.endsWith('.ts') && name !== 'contract';
    expect(
      readdirSync(import.meta.dirname)
        .filter(isFolder)
        .sort(),
    ).toEqual(folders);
    expect(literals.length).toBeGreaterThan(45);
    expect(filesOf('validation').flatMap(expressionsOf).length).toBeGreaterThan(15);
    const builders = files.filter((file) => /\bRegExp\(/.test(readFileSync(file, 'utf8')));
    expect(builders.map((file) => file.split('/').at(-1))).toEqual(['credential-name.ts', 'secret-pattern.ts']);
  });

  test('the checker finds slow expressions', () => {
    expect(checkSync('^(a+)+$', '', { checker: 'automaton' }).status).toBe('vulnerable');
    expect(checkSync('[\\s.]+$', '', { checker: 'automaton' }).status).toBe('vulnerable');
  });

  test.each([...literals, ...built])('$file: /$source/$flags takes linear time at most', ({ source, flags }) => {
    // A sticky expression is tried at one index only.
    const anchored = flags.includes('y') ? `^(?:${source})` : source;
    const result = checkSync(anchored, flags.replace('y', ''), { checker: 'automaton', timeout: null });
    expect(result).toMatchObject({ status: 'safe', checker: 'automaton', complexity: { isFuzz: false } });
  });
});
