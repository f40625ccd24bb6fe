import { RateLimiter } from '@videostorage/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { races } from '../test-support/two-processes.ts';
import { WorkerProcess } from '../test-support/worker-process.ts';

// 200: `npm run proof -- local-processes`.
const ROUNDS = Number(process.env['VIDEOSTORAGE_RACE_ROUNDS'] ?? 40);
let running: RunningStorage;
let workers: readonly [WorkerProcess, WorkerProcess];

beforeAll(async () => {
  running = await startStorage({ rateLimiter: new RateLimiter({ upload: [], playback: [] }) });
  const start = () => new WorkerProcess(running.folder, running.baseUrl);
  workers = [start(), start()];
});
afterAll(async () => {
  for (const worker of workers) worker.stop();
  await running.stop();
});

describe(`two processes on one folder, ${ROUNDS} rounds`, () => {
  test.each(Object.keys(races))('%s', { timeout: 600_000 }, async (name) => {
    for (let round = 0; round < ROUNDS; round++) await races[name]?.(running, ...workers);
  });
});
