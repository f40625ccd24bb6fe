import { RateLimiter, RetryHandler } from '@videostorage/core';
import { type Fault, ManualClock, type StorageSubject } from '@videostorage/testing';
import { failingFiles, fileError } from './failing-files.ts';
import { SECRET } from './requests.ts';
import { startStorage } from './running-storage.ts';

/** Over real HTTP, on a disk that fails when a test says so. */
export async function createSubject(): Promise<StorageSubject> {
  const clock = new ManualClock();
  const faults: Fault[] = [];
  const running = await startStorage({
    clock,
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
    fileFunctions: failingFiles((name) => {
      const fault = faults.shift();
      return fault === undefined ? undefined : outcome(fault, name);
    }),
  });
  return {
    storage: running.storage,
    clock,
    secrets: [SECRET, running.folder],
    play: async (playback) => {
      const response = await fetch(playback.url);
      const { status, headers } = response;
      return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    failNext: (fault) => faults.push(fault),
    dispose: () => running.stop(),
  };
}

/** What a failing disk does in place of each fault of a cloud. */
function outcome(fault: Fault, name: string): Promise<unknown> {
  switch (fault) {
    case 'server-error':
      return Promise.reject(fileError('EIO', name));
    case 'throttled':
      return Promise.reject(fileError('EMFILE', name));
    case 'reset':
      return Promise.reject(fileError('ESTALE', name));
    case 'not-found-once':
      return Promise.reject(fileError('ENOENT', name));
    case 'bad-response':
      return name === 'readFile' ? Promise.resolve('{"half') : Promise.reject(fileError('EIO', name));
    case 'hang':
      return new Promise(() => undefined);
  }
}
