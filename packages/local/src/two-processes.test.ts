import { RateLimiter } from '@videostorage/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { outcomeOf, runCall } from '../test-support/run-call.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { races } from '../test-support/two-processes.ts';
import { type Caller, WorkerProcess } from '../test-support/worker-process.ts';

const ROUNDS = 2;
let running: RunningStorage;
let other: WorkerProcess;
/** The process of the test is one of the two; in the full tests both are others. */
const here: Caller = { call: (call) => runCall(running.storage, call).catch(outcomeOf) };

beforeAll(async () => {
  running = await startStorage({ rateLimiter: new RateLimiter({ upload: [], playback: [] }) });
  other = new WorkerProcess(running.folder, running.baseUrl);
});
afterAll(async () => {
  other.stop();
  await running.stop();
});

describe(`two processes on one folder, ${ROUNDS} rounds`, () => {
  test.each(Object.keys(races))('%s', { timeout: 60_000 }, async (name) => {
    for (let round = 0; round < ROUNDS; round++) {
      await races[name]?.(running, here, other);
      await races[name]?.(running, other, here);
    }
  });
});
