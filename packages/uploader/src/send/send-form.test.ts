import { BackendError, type PostTicket } from '@videostorage/core';
import { expect, test } from 'vitest';
import { sendJob } from '../../test-support/send-job.ts';
import { sendForm } from './send-form.ts';

const ticket: PostTicket = {
  ...{ protocol: 'post', videoId: 'v', uploadReference: 'r', expiresAt: '2026-11-28T00:00:00.000Z' },
  ...{ url: 'https://storage.example/', fields: { key: 'uploads/1', policy: 'p' }, fileField: 'file' },
};

test.each([199, 300, 403])('a form answered by %i is refused', async (status) => {
  const job = sendJob(new File(['12345678'], 'film.mp4'), async () => ({ status, text: '', header: () => null }));
  await expect(sendForm(ticket, job)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status });
  expect(job.reported).toEqual(['arrived 0', '0: 0']);
});

test.each([200, 201, 204, 299])('a form answered by %i has arrived', async (status) => {
  const sent: unknown[] = [];
  const signals: AbortSignal[] = [];
  const job = sendJob(
    new File(['12345678'], 'film.mp4'),
    async ({ method, url, headers, body, signal, onProgress }) => {
      signals.push(signal);
      const file = body instanceof FormData ? body.get('file') : undefined;
      sent.push([method, url, headers, file instanceof File && [file.name, file.size]]);
      onProgress?.(0, 0);
      return { status, text: '', header: () => null };
    },
  );
  const { signal } = new AbortController();
  await sendForm(ticket, { ...job, persist: (work) => work(signal) });
  expect(signals[0]).toBe(signal);
  expect(sent).toEqual([['POST', 'https://storage.example/', {}, ['film.mp4', 8]]]);
  expect(job.reported).toEqual(['arrived 0', '0: 0', 'arrived 8']);
});

test('an interrupted form counts as 0 bytes, and is sent again with all its fields, the file last', async () => {
  const bodies: string[][] = [];
  const job = sendJob(new File(['12345678'], 'film.mp4'), async ({ body, onProgress }) => {
    bodies.push(body instanceof FormData ? [...body.keys()] : []);
    // Half of the form, including the lines of its fields.
    onProgress?.(500, 1000);
    if (bodies.length === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'broke');
    return { status: 204, text: '', header: () => null };
  });
  await sendForm(ticket, job);
  expect(bodies).toEqual([
    ['key', 'policy', 'file'],
    ['key', 'policy', 'file'],
  ]);
  expect(job.reported).toEqual(['arrived 0', '0: 4', '0: 0', '0: 4', 'arrived 8']);
});
