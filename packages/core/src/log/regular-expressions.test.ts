import { describe, expect, test } from 'vitest';
import { oneOfEach } from '../../test-support/one-of-each.ts';
import { decodeBase64Url } from '../reference/base64url.ts';
import { UploadReference } from '../reference/upload-reference.ts';
import { createScrubber } from './create-scrubber.ts';
import { describeError } from './describe-error.ts';
import { escapeControls } from './escape-controls.ts';
import { scrub } from './scrub.ts';
import { Secret } from './secret.ts';
import { secretPattern } from './secret-pattern.ts';

describe('T-I1: 100 000 characters of hard input; in quadratic time, each would take 10 000 million steps', () => {
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
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
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

  test('every quantifier in the expression for a secret is bounded', () => {
    const { source } = secretPattern(secret.reveal());
    expect(source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')).not.toMatch(/[*+]|,\}/);
  });
});
