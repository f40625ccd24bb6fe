import {
  BackendError,
  type MultipartTicket,
  type UploadedPart,
  type UploadState,
  VideoNotFoundError,
} from '@videostorage/core';
import { expect, test } from 'vitest';
import { sendJob } from '../../test-support/send-job.ts';
import type { SendJob } from './send-job.ts';
import { sendParts } from './send-parts.ts';

const ticket: MultipartTicket = {
  ...{ protocol: 'multipart', videoId: 'v', uploadReference: 'r', expiresAt: '2100-01-01T00:00:00.000Z' },
  ...{ partSizeBytes: 10, partCount: 3 },
};
const file = new File(['x'.repeat(25)], 'film.mp4');
const clock = { now: () => 0, sleep: async () => undefined };

/** What happens to the connection of each PUT, in order; `ok` once there is nothing left. */
type Fate = 'ok' | 'lost before' | 'lost after' | 503;

function storage(fates: readonly Fate[], question: 'answered' | 'refused' | 'unanswered once' = 'answered') {
  const stored = new Map<number, number>();
  const puts: number[] = [];
  const left = [...fates];
  let questions = 0;
  const bare = sendJob(file, async ({ url, body }) => {
    const partNumber = Number(url.split('/').at(-1));
    const fate = left.shift() ?? 'ok';
    puts.push(partNumber);
    if (fate === 503) return { status: 503, text: '', header: () => null };
    if (fate !== 'lost before' && body instanceof Blob) stored.set(partNumber, body.size);
    if (fate !== 'ok') throw new BackendError('BACKEND_UNAVAILABLE', 'The connection broke.');
    return { status: 200, text: '', header: () => null };
  });
  const job: SendJob & { readonly reported: readonly string[] } = {
    ...bare,
    transport: {
      ...bare.transport,
      signParts: async (_, partNumbers) =>
        partNumbers.map((partNumber) => ({
          ...{
            partNumber,
            url: `https://storage.example/${partNumber}`,
            sizeBytes: 10,
            headers: {},
            expiresAt: ticket.expiresAt,
          },
        })),
      async getUpload(): Promise<UploadState> {
        questions += 1;
        if (question === 'refused') throw new VideoNotFoundError();
        if (question === 'unanswered once' && questions === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'away');
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
  return { job, puts, stored, questions: () => questions };
}

test.each<readonly [string, readonly Fate[], readonly number[], number]>([
  ['is not sent again when the host app lists it', ['ok', 'lost after'], [1, 2, 3], 1],
  ['is sent again when the host app does not list it', ['ok', 'lost before'], [1, 2, 2, 3], 1],
  ['is looked up after each try', ['lost before', 'lost after'], [1, 1, 2, 3], 2],
  ['is sent again without a look-up when the storage has answered', [503], [1, 1, 2, 3], 0],
])('a part whose answer was lost %s', async (_, fates, puts, questions) => {
  const sent = storage(fates);
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([puts, questions]);
  expect([...sent.stored]).toEqual([1, 2, 3].map((partNumber) => [partNumber, partNumber === 3 ? 5 : 10]));
  expect(sent.job.reported.findLast((line) => line.startsWith('arrived'))).toBe('arrived 25');
});

test('when the host app refuses to list the parts, the part is sent again', async () => {
  const sent = storage(['lost after'], 'refused');
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([[1, 1, 2, 3], 1]);
});

test('when the host app cannot be reached, it is asked once more before anything is sent again', async () => {
  const sent = storage(['lost after'], 'unanswered once');
  await sendParts(ticket, sent.job, clock);
  expect([sent.puts, sent.questions()]).toEqual([[1, 2, 3], 2]);
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
