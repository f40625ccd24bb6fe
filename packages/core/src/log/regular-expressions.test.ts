import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { oneOfEach } from '../../test-support/one-of-each.ts';
import { type Expression, expressionsOf, sourceFilesOf } from '../../test-support/source-expressions.ts';
import { decodeBase64Url } from '../reference/base64url.ts';
import { UploadReference } from '../reference/upload-reference.ts';
import { createScrubber } from './create-scrubber.ts';
import { CREDENTIAL_NAME } from './credential-name.ts';
import { describeError } from './describe-error.ts';
import { escapeControls } from './escape-controls.ts';
import { scrub } from './scrub.ts';
import { Secret } from './secret.ts';
import { secretPattern } from './secret-pattern.ts';

/** All folders but `validation`, which has a test of its own, and `contract`, which holds types only. */
const folders = ['base-storage', 'errors', 'log', 'options', 'rate-limit', 'reference', 'retry', 'time'];
const files = folders.flatMap((folder) => sourceFilesOf(join(import.meta.dirname, '..', folder)));

describe('T-I1: regular expressions', () => {
  let checkSync: typeof import('recheck').checkSync;

  beforeAll(async () => {
    // The analysis in this very process, not a native helper beside it.
    vi.stubEnv('RECHECK_SYNC_BACKEND', 'pure');
    ({ checkSync } = await import('recheck'));
  });

  const literals = files.flatMap(expressionsOf);
  const built: Expression[] = [
    { file: 'credential-name.ts', source: CREDENTIAL_NAME.source, flags: CREDENTIAL_NAME.flags },
  ];

  test('all are found: literals in every folder, and those that two files build', () => {
    const isFolder = (name: string) => !name.endsWith('.ts') && name !== 'contract' && name !== 'validation';
    expect(
      readdirSync(join(import.meta.dirname, '..'))
        .filter(isFolder)
        .sort(),
    ).toEqual(folders);
    expect(literals.length).toBeGreaterThan(30);
    const builders = files.filter((file) => /\bRegExp\(/.test(readFileSync(file, 'utf8')));
    expect(builders.map((file) => file.split('/').at(-1))).toEqual(['credential-name.ts', 'secret-pattern.ts']);
  });

  test.each([...literals, ...built])('$file: /$source/$flags takes linear time at most', ({ source, flags }) => {
    // A sticky expression is tried in one place only.
    const anchored = flags.includes('y') ? `^(?:${source})` : source;
    const result = checkSync(anchored, flags.replace('y', ''), { checker: 'automaton', timeout: null });
    expect(result).toMatchObject({ status: 'safe', checker: 'automaton', complexity: { isFuzz: false } });
  });
});

describe('T-I1: 200 000 characters of what is hard; by the square, each would take 40 000 million steps', () => {
  const secret = new Secret('aaaaaaaaaaaa%%%%\\\\\\\\""""////    ');
  const pieces =
    'token=; token%3D%26 basic+ basic%20 eyJ eyJhbGciOiJSUzI1NiIsImtp. :// token> <token> cookie:=" %3A%2F%2F';
  const more = [
    '"token":"',
    'token:\\"',
    'bearer ',
    '\\',
    '%25',
    '%',
    'a',
    'AKIA',
    '-----BEGIN PRIVATE KEY-----',
    ' ',
    '"',
    '/',
    '\0',
  ];
  const variants = [...pieces.split(' '), ...more].map((piece) => {
    const long = piece.repeat(Math.ceil(200_000 / piece.length));
    return [long, `${long}!`, `Bearer ${long}`, `?token=${long}`, `{"token":"${long}`];
  });
  const texts = oneOfEach(variants);
  const scrubber = createScrubber([secret]);

  test.each<[string, (text: string) => unknown]>([
    ['scrub', scrub],
    ['createScrubber', scrubber],
    ['escapeControls', escapeControls],
    ['describeError', (text) => describeError(new Error(text))],
    ['decodeBase64Url', decodeBase64Url],
  ])('%s', { timeout: 60_000 }, (_, run) => {
    for (const text of texts) expect(() => run(text)).not.toThrow();
  });

  test('UploadReference.verify', async () => {
    const reference = new UploadReference([new Secret('x'.repeat(32))]);
    for (const text of texts) {
      await expect(reference.verify(text, 'local')).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    }
  });

  test('the expression for a secret has no part without a bound', () => {
    const { source } = secretPattern(secret.reveal());
    expect(source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')).not.toMatch(/[*+]|,\}/);
  });
});
