import { RateLimiter } from '@videostorage/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { races } from '../test-support/two-processes.ts';
import { WorkerProcess } from '../test-support/worker-process.ts';

const ROUNDS = 200;
/** A round mostly waits for locks; rounds beside it add contention. */
const ROUNDS_AT_ONCE = 5;
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
    for (let round = 0; round < ROUNDS; round += ROUNDS_AT_ONCE)
      await Promise.all(Array.from({ length: ROUNDS_AT_ONCE }, () => races[name]?.(running, ...workers)));
  });
});
