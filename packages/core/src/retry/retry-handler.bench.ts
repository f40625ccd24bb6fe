import { expect, test } from 'vitest';
import { RetryHandler } from './retry-handler.ts';

test('overhead of a success against a bare call', async ({ bench }) => {
  const handler = new RetryHandler();
  const reading = { name: 'videoExists', class: 'always' } as const;
  const work = async () => 1;
  const signal = new AbortController().signal;
  const bare = await bench('bare call', async () => {
    await work();
  }).run();
  const ours = await bench('RetryHandler.run', async () => {
    await handler.run(reading, work);
  }).run();
  const withSignal = await bench('RetryHandler.run with a caller’s signal', async () => {
    await handler.run(reading, work, { signal });
  }).run();
  const micros = (one: typeof bare) => ((one.latency.mean - bare.latency.mean) * 1000).toFixed(1);
  const ratio = (one: typeof bare) => (one.latency.mean / bare.latency.mean).toFixed(0);
  console.log(
    `RetryHandler.run takes ${ratio(ours)} times a bare call that does nothing, ${ratio(withSignal)} with a signal:`,
  );
  console.log(`a success costs ${micros(ours)} µs more than a bare call, ${micros(withSignal)} µs with a signal`);
  expect(ours.latency.mean).toBeLessThan(0.1);
});
