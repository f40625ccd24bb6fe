import { describe, expect, test } from 'vitest';
import { parseApiAllowance } from './api-allowance.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const left = (remainingRequests: number, resetsAt: string) => ({ remainingRequests, resetsAt });

describe('a `Ratelimit` header', () => {
  test('has the requests that are left, and when their window ends by the host app’s clock', () => {
    expect(parseApiAllowance('"default";r=50;t=30', NOW_MS)).toEqual(left(50, '2026-01-01T00:00:30.000Z'));
    expect(parseApiAllowance(' "default" ; t=0 ; r=0 ; w=300', NOW_MS)).toEqual(left(0, '2026-01-01T00:00:00.000Z'));
  });

  test('with several policies counts as the one with the fewest requests left, in any position', () => {
    const lists = ['"a";r=9;t=1, "b";r=50;t=30', '"b";r=50;t=30,"a";r=9;t=1', '"none";t=5, "a";r=9;t=1, nonsense'];
    for (const list of lists) expect(parseApiAllowance(list, NOW_MS)).toEqual(left(9, '2026-01-01T00:00:01.000Z'));
  });

  test.each([
    '',
    '"default"',
    '"default";r=50',
    '"default";t=30',
    '"default";r=-1;t=30',
    '"default";r=1.5;t=30',
    '"default";r=;t=30',
    '"default";r=1e3;t=30',
    '"default";r=1;t=1000000000',
    'default;r=50;t=30',
    '50;"default";r=50;t=30',
  ])('%s is ignored', (header) => {
    expect(parseApiAllowance(header, NOW_MS)).toBeUndefined();
  });

  test('is ignored when it is absent or longer than 1 024 characters', () => {
    expect(parseApiAllowance(undefined, NOW_MS)).toBeUndefined();
    const list = '"a";r=9;t=1,';
    expect(parseApiAllowance(list.padEnd(1024, ' '), NOW_MS)).toEqual(left(9, '2026-01-01T00:00:01.000Z'));
    expect(parseApiAllowance(list.padEnd(1025, ' '), NOW_MS)).toBeUndefined();
  });

  test('is read with a name of 64 characters and parameters of 128', () => {
    const named = (name: number, more: number) => `"${'n'.repeat(name)}";r=9;t=1;${'p'.repeat(more - 8)}`;
    expect(parseApiAllowance(named(64, 128), NOW_MS)).toEqual(left(9, '2026-01-01T00:00:01.000Z'));
    expect(parseApiAllowance(named(65, 128), NOW_MS)).toBeUndefined();
    expect(parseApiAllowance(named(64, 129), NOW_MS)).toBeUndefined();
  });
});
