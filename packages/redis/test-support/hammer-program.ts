// One of many processes that call the same counts as fast as they can; `hammer.ts` starts it.
import { once } from 'node:events';
import { RedisRateLimitStore } from '../src/index.ts';
import type { HammerOrder, HammerReport } from './hammer.ts';
import { openClient } from './open-client.ts';

const { url, kind, keyPrefix, entries, parallel, forMs, clockShiftMs }: HammerOrder = JSON.parse(
  String(process.argv[2]),
);
const dateNow = Date.now;
Date.now = () => dateNow() + clockShiftMs;

const { client, close } = openClient(kind, url);
// Exactness is measured, not speed, so no call is abandoned.
const store = new RedisRateLimitStore({ client, keyPrefix, timeoutMs: 60_000 });
const report = { accepted: 0, refused: 0 };
await store.take([{ key: `warm-up-${process.pid}`, limit: 1, windowMs: 1 }]);
process.send?.('ready');
await once(process, 'message');
const endMs = performance.now() + forMs;
await Promise.all(Array.from({ length: parallel }, askUntilTheEnd));
close();
process.send?.(report satisfies HammerReport, () => process.disconnect());

async function askUntilTheEnd(): Promise<void> {
  while (performance.now() < endMs) {
    const results = await store.take(entries);
    if (results.every(({ allowed }) => allowed)) report.accepted += 1;
    else report.refused += 1;
  }
}
