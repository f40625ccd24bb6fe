import { fixtures, sendTicket } from '@videostorage/testing';
import { expect } from 'vitest';
import {
  errorBodySchema,
  playbackSchema,
  uploadTicketSchema,
  videoMetadataSchema,
} from '../src/schemas/answer-schemas.ts';

/**
 * Runs the whole workflow against a host app at this origin, over sockets: request an upload, send by tus, confirm, play
 * whole and in part, delete. The actor may do all of it.
 */
export async function driveHost(origin: string): Promise<void> {
  const film = await fixtures.moovFirst.read();
  const { fileName, mimeType } = fixtures.moovFirst;
  const call = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${origin}/api/video${path}`, {
      method,
      headers: { Origin: origin, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  const asked = await call('POST', '/uploads', { fileName, mimeType, sizeBytes: film.length });
  expect(asked.status).toBe(201);
  expect(asked.headers.get('ratelimit')).toMatch(/^"upload-user-3600s";r=\d+;t=3600$/);
  const ticket = uploadTicketSchema.parse(await asked.json());
  await sendTicket(ticket, film, mimeType);

  const confirmed = await call('POST', `/uploads/${ticket.uploadReference}/confirm`);
  const video = videoMetadataSchema.parse(await confirmed.json());
  expect(video).toMatchObject({ status: 'ready', sizeBytes: film.length });

  const grant = playbackSchema.parse(await (await call('POST', `/videos/${video.videoId}/playback`, {})).json());
  const whole = await fetch(grant.url);
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  expect(whole.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Uint8Array(await whole.arrayBuffer())).toEqual(film);
  const part = await fetch(grant.url, { headers: { Range: 'bytes=1-4' } });
  expect([part.status, new Uint8Array(await part.arrayBuffer())]).toEqual([206, film.slice(1, 5)]);
  const head = await fetch(grant.url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(film.length)]);

  const refusals = [
    [await call('GET', `/videos/${'0'.repeat(32)}`), 404, 'VIDEO_NOT_FOUND'],
    [await call('GET', '/nowhere'), 404, 'NOT_FOUND'],
    [
      await call('DELETE', `/videos/${video.videoId}`, undefined, { Origin: 'https://evil.example' }),
      403,
      'ORIGIN_REFUSED',
    ],
    [await call('POST', '/uploads', { fileName: 'x'.repeat(70_000) }), 413, 'BODY_TOO_LARGE'],
    [await call('POST', '/uploads', {}, { 'Content-Type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [await call('GET', '/uploads'), 405, 'METHOD_NOT_ALLOWED'],
  ] as const;
  for (const [answer, status, code] of refusals) {
    expect([answer.status, errorBodySchema.parse(await answer.json()).error.code]).toEqual([status, code]);
  }

  expect((await call('DELETE', `/videos/${video.videoId}`)).status).toBe(204);
  expect((await fetch(grant.url)).status).toBe(404);
}
