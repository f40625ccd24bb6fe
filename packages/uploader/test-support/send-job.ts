import { BackOff } from '../src/back-off.ts';
import { createHttpTransport } from '../src/create-http-transport.ts';
import { Connection } from '../src/page/connection.ts';
import { persist } from '../src/persist.ts';
import type { RequestSender } from '../src/send/request-sender.ts';
import type { SendJob } from '../src/send/send-job.ts';

/** A job with the product's own tries, without waits; notes what it is told. */
export function sendJob(file: File, send: RequestSender): SendJob & { readonly told: readonly string[] } {
  const told: string[] = [];
  const clock = { now: () => 0, sleep: async () => undefined };
  const { signal } = new AbortController();
  const connection = new Connection(() => undefined, {});
  return {
    ...{ file, signal, send, told, maxParts: 1, uploadedParts: [], transport: createHttpTransport('/') },
    persist: (work, own) => persist(work, { signal, connection, backOff: new BackOff(clock), ...own }),
    arrived: (bytes) => void told.push(`arrived ${bytes}`),
    inFlight: (request, bytes) => void told.push(`${request}: ${bytes}`),
  };
}
