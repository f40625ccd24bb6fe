import { describe, expect, test } from 'vitest';
import { NO_USAGE, refusedQuota } from './record-usage.ts';
import type { Quota, RecordUsage } from './video-records.ts';

const added: RecordUsage = { pending: 1, videos: 0, bytes: 7, seconds: 2 };

describe('the first quota that has no room is refused, with its scope and its bound', () => {
  test.each<[string, readonly Quota[], object | undefined]>([
    ['no quota', [], undefined],
    ['bounds that are reached exactly', [{ scope: 'user', maxPending: 1, maxBytes: 7, maxSeconds: 2 }], undefined],
    ['uploads', [{ scope: 'user', maxPending: 0, maxBytes: 7, maxSeconds: 2 }], { scope: 'user', limit: 0 }],
    ['bytes', [{ scope: 'context', maxBytes: 6 }], { scope: 'context', limit: 6 }],
    ['seconds', [{ scope: 'tenant', maxPending: 1, maxSeconds: 1.999 }], { scope: 'tenant', limit: 1.999 }],
    ['the second of two', [{ scope: 'user' }, { scope: 'global', maxBytes: 1 }], { scope: 'global', limit: 1 }],
  ])('%s', (_name, quotas, expected) => {
    const refused = refusedQuota(quotas, () => NO_USAGE, added);
    if (expected === undefined) expect(refused).toBeUndefined();
    else expect(refused).toMatchObject(expected);
  });

  test('a scope that a record does not have is passed over', () => {
    const quotas: readonly Quota[] = [
      { scope: 'tenant', maxPending: 0 },
      { scope: 'user', maxBytes: 106 },
    ];
    const usedBy = (scope: string) => (scope === 'tenant' ? undefined : { ...NO_USAGE, bytes: 100 });
    expect(refusedQuota(quotas, usedBy, added)).toMatchObject({ scope: 'user', limit: 106 });
  });
});
