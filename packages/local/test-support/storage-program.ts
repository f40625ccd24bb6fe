// A process of its own that makes calls of a storage on any folder: answers each message of its parent with what the call gave.
import { isVideoStorageError, RateLimiter, RetryHandler } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { LocalStorage } from '../src/local-storage.ts';
import type { RemoteAnswer, RemoteCall } from './other-process.ts';
import { SECRET } from './requests.ts';

/** A storage of this process, and its time. */
interface Served {
  readonly storage: LocalStorage;
  readonly clock: ManualClock;
}

const storages = new Map<string, Served>();

process.on('message', (call: RemoteCall) => {
  const { storage, clock } = storageOf(call);
  clock.advance(Math.max(0, call.nowMs - clock.now()));
  const target = call.name === 'sweep' ? storage.maintenance : storage;
  Promise.resolve(Reflect.apply(Reflect.get(target, call.name), target, call.given)).then(
    (value: unknown) => answer({ id: call.id, value }),
    (error: unknown) =>
      answer({ id: call.id, error: isVideoStorageError(error) ? { ...error.toJSON() } : { message: String(error) } }),
  );
});

function storageOf({ folder, baseUrl, nowMs }: RemoteCall): Served {
  const known = storages.get(folder);
  if (known !== undefined) return known;
  const clock = new ManualClock({ nowMs });
  const storage = new LocalStorage({
    ...{ folder, baseUrl, clock, referenceSecrets: [SECRET] },
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
  });
  storages.set(folder, { storage, clock });
  return { storage, clock };
}

function answer(message: RemoteAnswer): void {
  process.send?.(message);
}
