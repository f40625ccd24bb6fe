import { expect, test } from 'vitest';
import { unplayable } from './unplayable.ts';

test('a source that cannot be played is an error of the backend, which has its cause', () => {
  const cause = new Error('MEDIA_ERR_DECODE');
  expect(unplayable(cause)).toMatchObject({
    ...{ code: 'BACKEND_BAD_RESPONSE', message: 'The source of the video cannot be played.', cause },
  });
});
