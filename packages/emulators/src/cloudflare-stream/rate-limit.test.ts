import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ApiRateLimit } from './rate-limit.ts';

/** How a request at each of these seconds is answered. */
function answers(limit: ApiRateLimit, ...seconds: readonly number[]): readonly string[] {
  return seconds.map((second) => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    let outcome = 'taken';
    try {
      limit.take(response, second * 1000);
    } catch (error) {
      outcome = String(Reflect.get(Object(error), 'status'));
    }
    return `${outcome} ${response.getHeader('ratelimit')}`;
  });
}

test('a window begins with its first request and ends exactly at its last second', () => {
  const limit = new ApiRateLimit({ requests: 2, windowSeconds: 10 });
  expect(answers(limit, 100, 109.999, 110, 110)).toEqual([
    'taken "default";r=1;t=10',
    'taken "default";r=0;t=1',
    'taken "default";r=1;t=10',
    'taken "default";r=0;t=10',
  ]);
});

test('a block lasts a whole window from the first request over the limit, and refused requests are not counted', () => {
  const limit = new ApiRateLimit({ requests: 2, windowSeconds: 10 });
  expect(answers(limit, 0, 1, 9)).toEqual([
    'taken "default";r=1;t=10',
    'taken "default";r=0;t=9',
    '429 "default";r=0;t=10',
  ]);
  expect(answers(limit, 10, 12, 14, 18.999)).toEqual([
    '429 "default";r=0;t=9',
    '429 "default";r=0;t=7',
    '429 "default";r=0;t=5',
    '429 "default";r=0;t=1',
  ]);
  expect(answers(limit, 19, 19.5)).toEqual(['taken "default";r=1;t=1', 'taken "default";r=0;t=1']);
});
