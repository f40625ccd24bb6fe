import { expect, test } from 'vitest';
import type { ListOptions } from '../contract/storage.ts';
import { toListRequest } from './list-request.ts';

test('a page has 100 videos unless its caller asks for 1 to 1 000, and every other option stays', () => {
  expect(toListRequest({})).toEqual({ limit: 100 });
  expect(toListRequest({ limit: 1 })).toEqual({ limit: 1 });
  const options = { limit: 1000, cursor: 'c'.repeat(4096), requestId: 'r-1', timeoutMs: 50 };
  expect(toListRequest(options)).toEqual(options);
});

test('a page may be passed as the options of the next one', () => {
  expect(toListRequest({ ...{ videos: [], cursor: 'c' } })).toEqual({ limit: 100, cursor: 'c' });
});

const limit = {
  ...{ path: 'limit', code: 'OPTION_INVALID' },
  message: 'The limit must be a whole number from 1 to 1000.',
};
const cursor = {
  ...{ path: 'cursor', code: 'OPTION_INVALID' },
  message: 'The cursor is not from a page of this list; start again without a cursor.',
};

test.each([
  [{ limit: 0 }, [limit]],
  [{ limit: 1001 }, [limit]],
  [{ limit: 1.5 }, [limit]],
  [{ limit: '10' }, [limit]],
  [{ cursor: '' }, [cursor]],
  [{ cursor: 'c'.repeat(4097) }, [cursor]],
  [{ cursor: 7 }, [cursor]],
  [{ limit: Number.NaN, cursor: null }, [limit, cursor]],
  [null, [{ ...limit, path: '', message: 'The options must be an object.' }]],
])('a list with %j is refused, with how to fix it', (options, problems) => {
  expect(() => toListRequest(options as ListOptions)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', problems }),
  );
});
