import { describe, expect, test } from 'vitest';
import { checkPolicyTerms, needsCustomPolicy } from './cloudfront-policy.ts';

const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const now = 1_795_000_000;
const terms = { resource, expiresAtSeconds: now + 60 };
const misconfigured = (message: string) => expect.objectContaining({ code: 'MISCONFIGURED', message });

describe('checkPolicyTerms', () => {
  test('takes an exact URL, and one wildcard at the end of a folder', () => {
    expect(() => checkPolicyTerms(terms, now)).not.toThrow();
    expect(() => checkPolicyTerms({ ...terms, resource: 'https://cdn.example.com/videos/x/*' }, now)).not.toThrow();
    expect(() => checkPolicyTerms({ ...terms, resource: 'http://127.0.0.1:8080/a.mp4' }, now)).not.toThrow();
  });

  const path = 'The path must hold letters, digits and `/ _ . -` alone.';
  const canonical = 'The URL must be origin and path alone, in canonical form: with a query it may be signed already.';
  test.each([
    ['https://cdn.example.com/a*b.mp4', path],
    ['https://cdn.example.com/*/source.mp4', path],
    ['https://cdn.example.com/a?b?c', canonical],
    ['https://cdn.example.com/"quoted".mp4', path],
    ['https://cdn.example.com/a\\b.mp4', canonical],
    ['https://cdn.example.com/a.mp4#t=10', canonical],
    ['https://cdn.example.com/../a.mp4', canonical],
    ['HTTPS://cdn.example.com/a.mp4', canonical],
    ['https://cdn.example.com:443/a.mp4', canonical],
    ['https://cdn.example.com', canonical],
    ['https://cdn.example.com/my film.mp4', path],
    ['https://cdn.example.com/é.mp4', path],
    ['cdn.example.com/a.mp4', 'The URL must be absolute.'],
    ['', 'The URL must be absolute.'],
    ['ftp://cdn.example.com/a.mp4', 'The URL must begin with https.'],
    ['https://cdn.example.com/videos/x*', path],
    ['https://cdn.example.com/videos/*x', path],
    ['https://cdn.example.com/a+b.mp4', path],
    ['https://cdn.example.com/a@b.mp4', path],
    ['https://cdn.example.com/a%20b.mp4', path],
    ['https://user:secret@cdn.example.com/a.mp4', canonical],
    [`${resource}?x=1`, canonical],
    [`${resource}?`, canonical],
    [`${resource}?Expires=1`, canonical],
    [`${resource}?Policy=x`, canonical],
    [`${resource}?Signature=x`, canonical],
    [`${resource}?Key-Pair-Id=x`, canonical],
  ])('T-D3: refuses %s', (url, message) => {
    expect(() => checkPolicyTerms({ ...terms, resource: url }, now)).toThrow(misconfigured(message));
  });

  const whole = 'Times must be whole seconds since the epoch.';
  const notMilliseconds = 'Times must be seconds since the epoch, not milliseconds.';
  test.each([
    ['now', now, 'The end is in the past.'],
    ['the past', now - 1, 'The end is in the past.'],
    ['milliseconds', (now + 60) * 1000, notMilliseconds],
    ['2100 and one second', 4_102_444_801, notMilliseconds],
    ['a fraction', now + 0.5, whole],
    ['not a number', Number.NaN, whole],
    ['for ever', Number.POSITIVE_INFINITY, whole],
    ['zero', 0, whole],
  ])('T-D4: refuses an end of %s', (_name, expiresAtSeconds, message) => {
    expect(() => checkPolicyTerms({ ...terms, expiresAtSeconds }, now)).toThrow(misconfigured(message));
  });

  test('takes ends until 2100, the next second too', () => {
    expect(() => checkPolicyTerms({ ...terms, expiresAtSeconds: 4_102_444_800 }, now)).not.toThrow();
    expect(() => checkPolicyTerms({ ...terms, expiresAtSeconds: now + 1 }, now)).not.toThrow();
  });

  test.each([
    ['the end', now + 60, 'The beginning must be before the end.'],
    ['later than the end', now + 61, 'The beginning must be before the end.'],
    ['zero', 0, whole],
    ['a fraction', now + 0.5, whole],
    ['not a number', Number.NaN, whole],
    ['milliseconds', now * 1000, notMilliseconds],
  ])('refuses a beginning of %s', (_name, notBeforeSeconds, message) => {
    expect(() => checkPolicyTerms({ ...terms, notBeforeSeconds }, now)).toThrow(misconfigured(message));
  });

  test('takes a beginning before the end, and ranges of IPv4', () => {
    for (const notBeforeSeconds of [1, now, now + 59]) {
      expect(() => checkPolicyTerms({ ...terms, notBeforeSeconds }, now)).not.toThrow();
    }
    for (const ipRange of ['192.0.2.1', '1.1.1.1', '255.255.255.255/32', '10.0.0.0/8']) {
      expect(() => checkPolicyTerms({ ...terms, ipRange }, now)).not.toThrow();
    }
  });

  test.each(['2001:db8::1', '192.0.2.1/24/8', 'x192.0.2.1', '192.0.2.1x', '1.2.3', 'everywhere', ''])(
    'refuses the range %j',
    (ipRange) => {
      expect(() => checkPolicyTerms({ ...terms, ipRange }, now)).toThrow(misconfigured('The range must be IPv4.'));
    },
  );
});

test('only a beginning, an address range and a wildcard need a custom policy', () => {
  expect(needsCustomPolicy(terms)).toBe(false);
  expect(needsCustomPolicy({ ...terms, notBeforeSeconds: now })).toBe(true);
  expect(needsCustomPolicy({ ...terms, ipRange: '192.0.2.1' })).toBe(true);
  expect(needsCustomPolicy({ ...terms, resource: 'https://cdn.example.com/x/*' })).toBe(true);
});
