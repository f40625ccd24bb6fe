import {
  BackendError,
  type MultipartTicket,
  type UploadedPart,
  type UploadState,
  VideoNotFoundError,
} from '@videostorage/core';
import { expect, test, vi } from 'vitest';
import { sendJob } from '../../test-support/send-job.ts';
import type { SendJob } from './send-job.ts';
import { sendParts } from './send-parts.ts';

const ticket: MultipartTicket = {
  ...{ protocol: 'multipart', videoId: 'v', uploadReference: 'r', expiresAt: '2100-01-01T00:00:00.000Z' },
  ...{ partSizeBytes: 10, partCount: 3 },
};
const file = new File(['x'.repeat(25)], 'film.mp4');
const clock = { now: () => 0, sleep: async () => undefined };

/** What happens to the connection of each PUT, in order; afterwards `ok`. */
type Fate = 'ok' | 'lost before' | 'lost within' | 'lost after' | 199 | 201 | 299 | 300 | 403 | 503;

function storage(fates: readonly Fate[], question: 'answered' | 'refused' | 'unanswered once' = 'answered') {
  const stored = new Map<number, number>();
  const puts: number[] = [];
  const left = [...fates];
  const signed: (readonly number[])[] = [];
  const lookUps: (AbortSignal | undefined)[] = [];
  const bare = sendJob(file, async ({ url, body }) => {
    const partNumber = Number(url.split('/').at(-1));
    const fate = left.shift() ?? 'ok';
    puts.push(partNumber);
    const isRefused = typeof fate === 'number' && (fate < 200 || fate > 299);
    const isStored = !isRefused && fate !== 'lost before' && body instanceof Blob;
    if (isStored) stored.set(partNumber, fate === 'lost within' ? body.size - 1 : body.size);
    if (typeof fate === 'number') return { status: fate, text: '', header: () => null };
    if (fate !== 'ok') throw new BackendError('BACKEND_UNAVAILABLE', 'The connection broke.');
    return { status: 200, text: '', header: () => null };
  });
  const job: SendJob & { readonly reported: readonly string[] } = {
    ...bare,
    transport: {
      ...bare.transport,
      async signParts(_, partNumbers) {
        signed.push(partNumbers);
        return partNumbers.map((partNumber) => ({
          ...{ partNumber, url: `https://storage.example/${partNumber}`, sizeBytes: 10 },
          ...{ headers: {}, expiresAt: ticket.expiresAt },
        }));
      },
      async getUpload(_, { signal }): Promise<UploadState> {
        lookUps.push(signal);
        if (question === 'refused') throw new VideoNotFoundError();
        if (question === 'unanswered once' && lookUps.length === 1)
          throw new BackendError('BACKEND_UNAVAILABLE', 'away');
        const uploadedParts: UploadedPart[] = [...stored].map(([partNumber, sizeBytes]) => ({ partNumber, sizeBytes }));
        return {
          uploadReference: 'r',
          videoId: 'v',
          status: 'pending',
          fileName: file.name,
          sizeBytes: 25,
          ticket,
          uploadedParts,
        };
      },
    },
  };
  return { job, puts, stored, signed, lookUps, questions: () => lookUps.length };
}

test.each<readonly [string, readonly Fate[], readonly number[], number]>([
  ['is not sent again when the host app lists it', ['ok', 'lost after'], [1, 2, 3], 1],
  ['is sent again when the host app does not list it', ['ok', 'lost before'], [1, 2, 2, 3], 1],
  ['is sent again when the host app lists less of it', ['ok', 'lost within'], [1, 2, 2, 3], 1],
  ['is looked up after each try', ['lost before', 'lost after'], [1, 1, 2, 3], 2],
  ['is sent again without a look-up when the storage has answered', [503], [1, 1, 2, 3], 0],
])('a part whose answer was lost %s', async (_, fates, puts, questions) => {
  const sent = storage(fates);
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([puts, questions]);
  expect([...sent.stored]).toEqual([1, 2, 3].map((partNumber) => [partNumber, partNumber === 3 ? 5 : 10]));
  expect(sent.job.reported.findLast((line) => line.startsWith('arrived'))).toBe('arrived 25 with 3');
});

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test.each<readonly [string, readonly Fate[], readonly (readonly number[])[]]>([
  ['once is not signed again', ['lost before'], [numbers(1, 20), numbers(21, 25)]],
  [
    'twice is signed again, with what comes next',
    ['lost before', 'lost before'],
    [numbers(1, 20), [1, 21], numbers(22, 25)],
  ],
])('a part whose connection broke %s', async (_, fates, signed) => {
  const sent = storage(fates);
  const long = { ...sent.job, file: new File(['x'.repeat(250)], 'film.mp4') };
  await sendParts({ ...ticket, partCount: 25 }, long, clock);
  expect(sent.signed).toEqual(signed);
});

test.each<readonly [Fate, number]>([
  ['lost before', 1],
  [503, 1],
  [403, 0],
])('a part that ended with %s is sent again after %i waits', async (fate, waits) => {
  const sleep = vi.fn(async () => undefined);
  await sendParts(ticket, storage([fate]).job, { ...clock, sleep });
  expect(sleep).toHaveBeenCalledTimes(waits);
});

test('the look-up of a part ends with the upload', async () => {
  const [sent, ending] = [storage(['lost after']), new AbortController()];
  await sendParts(ticket, { ...sent.job, signal: ending.signal }, clock);
  ending.abort();
  expect(sent.lookUps.map((signal) => signal?.aborted)).toEqual([true]);
});

test('when the host app refuses to list the parts, the part is sent again', async () => {
  const sent = storage(['lost after'], 'refused');
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([[1, 1, 2, 3], 1]);
});

test('when the host app cannot be reached, it is called once more before anything is sent again', async () => {
  const sent = storage(['lost after'], 'unanswered once');
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([[1, 2, 3], 2]);
});

test.each([201, 299] as const)('a part answered by %i has arrived', async (status) => {
  const sent = storage([status]);
  await sendParts(ticket, sent.job, clock);
  expect(sent.puts).toEqual([1, 2, 3]);
});

test.each([199, 300, 403] as const)(
  'a part answered by %i is signed and sent once more, then it is refused',
  async (status) => {
    const sent = storage([status, status]);
    await expect(sendParts(ticket, sent.job, clock)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status });
    expect(sent.puts).toEqual([1, 1]);
  },
);

test('a refused part ends the others, and the upload fails only when they have ended', async () => {
  const { job } = storage([]);
  const ended: string[] = [];
  const both = Promise.withResolvers<void>();
  const slow: SendJob['send'] = async ({ url, signal }) => {
    if (url.endsWith('/1')) {
      await both.promise;
      return { status: 403, text: '', header: () => null };
    }
    both.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve));
    ended.push(url);
    throw signal.reason;
  };
  const sending = sendParts(ticket, { ...job, send: slow, maxParts: 2 }, clock);
  await expect(sending).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
  expect(ended).toEqual(['https://storage.example/2']);
});

test('after a refused part no other part is begun, even when the one in flight succeeds', async () => {
  const { job } = storage([]);
  const begun: string[] = [];
  const refused = Promise.withResolvers<void>();
  const send: SendJob['send'] = async ({ url, signal }) => {
    begun.push(url.slice(-2));
    if (url.endsWith('/1')) return { status: 403, text: '', header: () => null };
    if (signal.aborted) refused.resolve();
    signal.addEventListener('abort', () => refused.resolve());
    await refused.promise;
    return { status: 200, text: '', header: () => null };
  };
  await expect(sendParts(ticket, { ...job, send, maxParts: 2 }, clock)).rejects.toMatchObject({ status: 403 });
  expect(begun).not.toContain('/3');
});

test('each part is a PUT of its own bytes with the signed headers; ending the upload aborts it', async () => {
  const { job } = storage([]);
  const ending = new AbortController();
  const requests: unknown[] = [];
  const signals: AbortSignal[] = [];
  const sent = {
    ...job,
    file: new File(['0123456789', 'abcdefghij', 'ABCDE'], 'film.mp4'),
    signal: ending.signal,
    transport: {
      ...job.transport,
      signParts: async (_: string, partNumbers: readonly number[]) =>
        partNumbers.map((partNumber) => ({
          ...{ partNumber, url: `https://storage.example/${partNumber}`, sizeBytes: 10 },
          ...{ headers: { 'x-part': `${partNumber}` }, expiresAt: ticket.expiresAt },
        })),
    },
    send: (async ({ method, url, headers, body, signal }) => {
      requests.push([method, url.slice(-1), headers, await new Response(body).text()]);
      signals.push(signal);
      return { status: 200, text: '', header: () => null };
    }) satisfies SendJob['send'],
  };
  await sendParts(ticket, sent, clock);
  expect(requests).toEqual([
    ['PUT', '1', { 'x-part': '1' }, '0123456789'],
    ['PUT', '2', { 'x-part': '2' }, 'abcdefghij'],
    ['PUT', '3', { 'x-part': '3' }, 'ABCDE'],
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
  ending.abort(new Error('paused'));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
});

test('at most maxParts are in flight, and each is reported until it has arrived or failed', async () => {
  const { job } = storage([]);
  let inFlight = 0;
  let most = 0;
  let calls = 0;
  const counting: SendJob['send'] = async ({ onProgress }) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    onProgress?.(5, 10);
    await new Promise((resolve) => setTimeout(resolve));
    inFlight -= 1;
    calls += 1;
    return { status: calls === 2 ? 503 : 200, text: '', header: () => null };
  };
  await sendParts(ticket, { ...job, send: counting, maxParts: 2 }, clock);
  expect(most).toBe(2);
  const of = (part: number) => job.reported.filter((line) => line.startsWith(`${part}: `) || line.endsWith(` ${part}`));
  expect(of(1)).toEqual(['1: 5', 'arrived 10 with 1']);
  expect(of(2)).toEqual(['2: 5', '2: 0', '2: 5', expect.stringMatching(/^arrived \d+ with 2$/)]);
  expect(of(3)).toEqual(['3: 5', expect.stringMatching(/^arrived \d+ with 3$/)]);
});

test('with nothing left to send, the arrived bytes are reported and nothing is sent', async () => {
  const sent = storage([]);
  const uploadedParts = [10, 10, 5].map((sizeBytes, index) => ({ partNumber: index + 1, sizeBytes }));
  await sendParts(ticket, { ...sent.job, uploadedParts }, clock);
  expect([sent.puts, sent.job.reported]).toEqual([[], ['arrived 25']]);
});

test('a part that is stored with the wrong size is sent again', async () => {
  const sent = storage([]);
  await sendParts(
    ticket,
    { ...sent.job, uploadedParts: [1, 2, 3].map((partNumber) => ({ partNumber, sizeBytes: 10 })) },
    clock,
  );
  expect(sent.puts).toEqual([3]);
});
