import { BackOff } from '../src/back-off.ts';
import { createHttpTransport } from '../src/create-http-transport.ts';
import { Connection } from '../src/page/connection.ts';
import { persist } from '../src/persist.ts';
import type { RequestSender } from '../src/send/request-sender.ts';
import type { SendJob } from '../src/send/send-job.ts';

/** A job with the product's own retries, without waits; records what is reported to it. */
export function sendJob(file: File, send: RequestSender): SendJob & { readonly reported: readonly string[] } {
  const reported: string[] = [];
  const clock = { now: () => 0, sleep: async () => undefined };
  const { signal } = new AbortController();
  const connection = new Connection(() => undefined, {});
  return {
    ...{
      file,
      signal,
      send,
      reported,
      maxParts: 1,
      uploadedParts: [],
      isNew: false,
      transport: createHttpTransport('/'),
    },
    persist: (work, own) => persist(work, { signal, connection, backOff: new BackOff(clock), ...own }),
    arrived: (bytes, request = 0) => void reported.push(`arrived ${bytes}${request === 0 ? '' : ` with ${request}`}`),
    inFlight: (request, bytes) => void reported.push(`${request}: ${bytes}`),
  };
}
