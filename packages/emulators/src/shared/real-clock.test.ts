import { expect, test } from 'vitest';
import { realClock } from './real-clock.ts';

test('has the time of the system', () => {
  const before = Date.now();
  const now = realClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('waits, and no longer than its signal allows', async () => {
  await realClock.sleep(1);
  const abort = new AbortController();
  const waiting = realClock.sleep(1e9, abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
