import { expect, test } from 'vitest';
import { fuzzRoutes, fuzzSockets } from '../test-support/fuzz-routes.ts';

// `hostile-requests.full.test.ts` sends 20,000 and 3,000.
test('700 hostile requests: never a 5xx, never a stack, nothing logged, and every kind of answer occurs', async () => {
  const { sent, statuses, failures } = await fuzzRoutes(20_261_128, 700);
  expect(failures.slice(0, 5)).toEqual([]);
  expect(sent).toBe(700);
  const kinds = ['200', '201', '204', '400', '401', '403', '404', '405', '413', '415', '422', '431'];
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(kinds));
}, 60_000);

test('200 more as raw bytes on sockets, also at the storage that the routes serve', async () => {
  const { sent, statuses, failures } = await fuzzSockets(20_261_129, 200);
  expect(failures.slice(0, 5)).toEqual([]);
  expect(sent).toBe(200);
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['201', '400', '404', '405']));
}, 60_000);
