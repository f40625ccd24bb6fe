import type { UploadTicket } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { expect } from 'vitest';

/** A person's session, as the header that a browser sends. */
export type SignedInPerson = {
  readonly cookie: string;
};

/** What an upload request declares about a file. */
export const FILE = { contextId: 'place', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' } as const;

/** The classroom's routes, called without a browser. */
export class ClassroomClient {
  readonly #url: () => string;

  /** The address is read at each call, since a classroom may be reopened on another port. */
  constructor(url: () => string) {
    this.#url = url;
  }

  /** Sends one request; a body other than text or bytes is sent as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const isText = typeof body === 'string';
    const bytes = body instanceof Uint8Array ? new Uint8Array(body) : undefined;
    const sent = body !== undefined && { body: bytes ?? (isText ? body : JSON.stringify(body)) };
    const type = body !== undefined && { 'content-type': 'application/json' };
    return fetch(`${this.#url()}${path}`, { method, headers: { ...type, ...headers }, ...sent });
  }

  /** The JSON of a successful answer. */
  async json<T>(method: string, path: string, person: SignedInPerson, body?: unknown): Promise<T> {
    const response = await this.call(method, path, body, { ...person });
    expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
    return (await response.json()) as T;
  }

  /** A new session. */
  async signIn(name: string, role: 'student' | 'teacher' | 'administrator'): Promise<SignedInPerson> {
    const response = await this.call('POST', '/api/session', { name, role });
    expect(response.status).toBe(200);
    return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
  }

  /** Sends a video of a few seconds, and does not confirm it. */
  async send(person: SignedInPerson, contextId: string): Promise<UploadTicket> {
    const bytes = await fixtures.moovFirst.read();
    const request = { ...FILE, contextId, sizeBytes: bytes.length };
    const ticket = await this.json<UploadTicket>('POST', '/api/video/uploads', person, request);
    await sendTicket(ticket, bytes, 'video/mp4');
    return ticket;
  }

  /** Submits a video. */
  async submit(person: SignedInPerson, contextId = 'place'): Promise<UploadTicket> {
    const ticket = await this.send(person, contextId);
    await this.json('POST', `/api/video/uploads/${ticket.uploadReference}/confirm`, person);
    return ticket;
  }
}

/** The code of a refusal. */
export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { readonly error: { readonly code: string } }).error.code;
}
