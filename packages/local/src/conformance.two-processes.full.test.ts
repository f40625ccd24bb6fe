import { RateLimiter, RetryHandler } from '@videostorage/core';
import { describeVideoStorage, ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { OtherProcess } from '../test-support/other-process.ts';
import { SECRET } from '../test-support/requests.ts';
import { startStorage } from '../test-support/running-storage.ts';

let other: OtherProcess;
beforeAll(() => {
  other = new OtherProcess();
});
afterAll(() => other.stop());

// A test cannot make the disk of the other process fail, so the cases about faults are skipped here.
describeVideoStorage({
  name: 'LocalStorage, whose calls are made by two processes in turn,',
  runner: { describe, test },
  create: async () => {
    const clock = new ManualClock();
    const running = await startStorage({
      clock,
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
      retryHandler: new RetryHandler({ random: () => 0 }),
    });
    return {
      storage: other.shared(running, clock),
      clock,
      secrets: [SECRET, running.folder],
      play: async (playback) => {
        const response = await fetch(playback.url);
        const { status, headers } = response;
        return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
      },
      dispose: () => running.stop(),
    };
  },
});
