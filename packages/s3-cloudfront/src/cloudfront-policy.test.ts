import { describe, expect, test } from 'vitest';
import { checkPolicyTerms, needsCustomPolicy } from './cloudfront-policy.ts';

const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const now = 1_795_000_000;
const terms = { resource, expiresAtSeconds: now + 60 };

describe('checkPolicyTerms', () => {
  test('takes an exact URL, and one wildcard at the end of a folder', () => {
    expect(() => checkPolicyTerms(terms, now)).not.toThrow();
    expect(() => checkPolicyTerms({ ...terms, resource: 'https://cdn.example.com/videos/x/*' }, now)).not.toThrow();
  });

  test.each([
    'https://cdn.example.com/a*b.mp4',
    'https://cdn.example.com/*/source.mp4',
    'https://cdn.example.com/a?b?c',
    'https://cdn.example.com/"quoted".mp4',
    'https://cdn.example.com/a\\b.mp4',
    'https://cdn.example.com/a.mp4#t=10',
    'https://cdn.example.com/../a.mp4',
    'https://cdn.example.com/my film.mp4',
    'https://cdn.example.com/é.mp4',
    'cdn.example.com/a.mp4',
    'ftp://cdn.example.com/a.mp4',
    'https://cdn.example.com/videos/x*',
    'https://cdn.example.com/a+b.mp4',
    'https://cdn.example.com/a@b.mp4',
    'https://cdn.example.com/a%20b.mp4',
    'https://user:secret@cdn.example.com/a.mp4',
    `${resource}?x=1`,
    `${resource}?`,
    `${resource}?Expires=1`,
    `${resource}?Policy=x`,
    `${resource}?Signature=x`,
    `${resource}?Key-Pair-Id=x`,
  ])('T-D3: refuses %s', (url) => {
    expect(() => checkPolicyTerms({ ...terms, resource: url }, now)).toThrow();
  });

  test.each([
    ['now', now],
    ['the past', now - 1],
    ['milliseconds', (now + 60) * 1000],
    ['a fraction', now + 0.5],
    ['not a number', Number.NaN],
    ['for ever', Number.POSITIVE_INFINITY],
    ['zero', 0],
  ])('T-D4: refuses an end of %s', (_name, expiresAtSeconds) => {
    expect(() => checkPolicyTerms({ ...terms, expiresAtSeconds }, now)).toThrow();
  });

  test.each(['2001:db8::1', '192.0.2.1/24/8', 'x192.0.2.1', '192.0.2.1x', '1.2.3', 'everywhere', ''])(
    'refuses the range %j',
    (ipRange) => {
      expect(() => checkPolicyTerms({ ...terms, ipRange }, now)).toThrow('IPv4');
    },
  );

  test('refuses a beginning after the end', () => {
    expect(() => checkPolicyTerms({ ...terms, notBeforeSeconds: now + 60 }, now)).toThrow('must be before the end');
  });
});

test('only a beginning, an address range and a wildcard need a custom policy', () => {
  expect(needsCustomPolicy(terms)).toBe(false);
  expect(needsCustomPolicy({ ...terms, notBeforeSeconds: now })).toBe(true);
  expect(needsCustomPolicy({ ...terms, ipRange: '192.0.2.1' })).toBe(true);
  expect(needsCustomPolicy({ ...terms, resource: 'https://cdn.example.com/x/*' })).toBe(true);
});
