import { readFileSync } from 'node:fs';
import { RateLimiter, RetryHandler } from '@videostorage/core';
import { expect, test } from 'vitest';
import { FileShelfStorage } from '../test-support/file-shelf-storage.ts';
import { ShelfServer } from '../test-support/shelf-server.ts';
import { ManualClock } from './manual-clock.ts';
import type { StorageSubject } from './storage-subject.ts';
import { describeVideoStorage } from './suite/describe-video-storage.ts';

/** The shelf publishes each file that arrives and keeps no record of decisions; such a backend must declare that. */
const PUBLISHES_BY_ITSELF = 'the shelf shows a file as soon as it has arrived';
const KEEPS_NO_RECORD = 'the shelf keeps no record of refused, cancelled or deleted uploads';

describeVideoStorage({
  name: 'a third backend',
  create,
  // Left out: bytes that are sent during a confirm are shown at once too, but only with some timings.
  except: ['lifecycle/confirm-beside-sending'],
  exceptions: {
    'mismatch/duration': PUBLISHES_BY_ITSELF,
    'confirm/sent-again': PUBLISHES_BY_ITSELF,
    'lifecycle/unconfirmed': PUBLISHES_BY_ITSELF,
    'lifecycle/unconfirmed-bytes': PUBLISHES_BY_ITSELF,
    'lifecycle/abort-confirmed': PUBLISHES_BY_ITSELF,
    'lifecycle/confirm-beside-abort': PUBLISHES_BY_ITSELF,
    'references/replayed': KEEPS_NO_RECORD,
    'lifecycle/refusal-repeated': KEEPS_NO_RECORD,
    'lifecycle/deleted-replay': KEEPS_NO_RECORD,
    'lifecycle/id-used-once': KEEPS_NO_RECORD,
    'lifecycle/create-confirmed': KEEPS_NO_RECORD,
    'lifecycle/id-ended': KEEPS_NO_RECORD,
    'lifecycle/two-users': 'the shelf has one place for each id, for all users',
  },
});

test('a backend over BaseStorage takes less than 200 lines', () => {
  const text = readFileSync(new URL('../test-support/file-shelf-storage.ts', import.meta.url), 'utf8');
  expect(text.split('\n').length).toBeLessThan(200);
});

async function create(): Promise<StorageSubject> {
  const clock = new ManualClock();
  const shelf = await ShelfServer.start(clock);
  const storage = new FileShelfStorage(shelf, {
    clock,
    referenceSecrets: ['a-secret-of-the-third-backend-0123456789'],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
  });
  return {
    storage,
    clock,
    play: async (playback) => {
      const response = await fetch(playback.url);
      const { status, headers } = response;
      return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    failNext: (fault) => shelf.failNext(fault),
    dispose: () => shelf.stop(),
  };
}
