import type { UploadTicket } from '@videostorage/core';
import { expect, test } from 'vitest';
import { formTicket, partsTicket } from '../../test-support/scripted-page.ts';
import { sendJob } from '../../test-support/send-job.ts';
import { sendFile } from './send-file.ts';

const clock = { now: () => 0, sleep: async () => undefined };
const tusTicket: UploadTicket = {
  ...{ protocol: 'tus', url: 'https://storage.example/', chunk: { minBytes: 1, maxBytes: 100, multipleOf: 1 } },
  ...{ uploadReference: 'r', videoId: 'v', expiresAt: '2100-01-01T00:00:00.000Z' },
};

test.each<readonly [UploadTicket, readonly string[]]>([
  [tusTicket, ['PATCH']],
  [formTicket, ['POST']],
  [partsTicket(1), ['PUT']],
])('a file is sent by the protocol of its ticket, $protocol', async (ticket, expected) => {
  const methods: string[] = [];
  let offset = 0;
  const job = sendJob(new File(['12345678'], 'film.mp4'), async ({ method, body }) => {
    methods.push(method);
    if (body instanceof Blob) offset += body.size;
    return { status: 204, text: '', header: () => `${offset}` };
  });
  const signed = { partNumber: 1, url: 'https://storage.example/1', headers: {}, sizeBytes: 8 };
  const transport = { ...job.transport, signParts: async () => [{ ...signed, expiresAt: ticket.expiresAt }] };
  await sendFile(ticket, { ...job, transport, isNew: true }, clock);
  expect(methods).toEqual(expected);
  expect(job.reported.findLast((line) => line.startsWith('arrived'))).toMatch(/^arrived 8\b/);
});
