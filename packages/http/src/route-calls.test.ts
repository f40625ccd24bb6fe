import { VideoNotFoundError } from '@videostorage/core';
import type { VideoService } from '@videostorage/service';
import { expect, test, vi } from 'vitest';
import { HttpWorld, ORIGIN } from '../test-support/http-world.ts';
import { ROUTE_ENTRIES, type RouteName } from './route-table.ts';
import { errorBodySchema } from './schemas/answer-schemas.ts';

const world = new HttpWorld();
const BODIES: Partial<Record<RouteName, object>> = {
  getUploadUrl: world.request(),
  signParts: { partNumbers: [1] },
  updateVideo: { fileName: 'b.mp4' },
};
/** All routes that call a method of the service. */
const CALLS = ROUTE_ENTRIES.flatMap(([name, route]) =>
  name === 'health' || name === 'openapi' ? [] : [[name, route] as const],
);

test.each(CALLS)(
  '%s gets the id of its request, and a signal that aborts when the caller disconnects',
  async (name, route) => {
    const called = vi.spyOn<Pick<VideoService, typeof name>, typeof name>(world.service, name);
    called.mockRejectedValueOnce(new VideoNotFoundError());
    const [caller, reason] = [new AbortController(), new Error('gone')];
    const body = BODIES[name] === undefined ? {} : { body: JSON.stringify(BODIES[name]) };
    const path = route.path.replace('{backendName}', 'memory').replace(/\{\w+\}/, '0'.repeat(32));
    const answer = await world.routes.fetch(
      new Request(`${ORIGIN}/api/video${path}`, {
        ...{ method: route.method, signal: caller.signal, ...body },
        headers: { 'x-user': 'ada', 'content-type': 'application/json' },
      }),
    );
    const { requestId, signal } = Object(called.mock.lastCall?.at(-1));
    expect([called.mock.calls.length, requestId]).toEqual([1, answer.headers.get('x-request-id')]);
    caller.abort(reason);
    expect(signal.reason).toBe(reason);
  },
);

/** Those that read a body. */
const READERS = CALLS.filter(([name, { body }]) => body !== undefined || name === 'handleWebhook');

test.each(READERS)(
  '%s reads no more of a body, and waits no longer for it, than the options allow',
  async (name, route) => {
    const bounded = new HttpWorld({ routes: { maxBodyBytes: 1024 } });
    // Separate routes with a longer time limit, so that the other bodies arrive in time on a slow machine.
    const impatient = new HttpWorld({ routes: { maxBodyBytes: 1024, bodyTimeoutMs: 20 } });
    const mostBytes = name === 'handleWebhook' ? 256 * 1024 : 1024;
    const path = route.path.replace('{backendName}', 'memory').replace(/\{\w+\}/, '0'.repeat(32));
    const send = ({ routes }: HttpWorld, body: string | ReadableStream<Uint8Array>) =>
      routes.fetch(
        new Request(`${ORIGIN}/api/video${path}`, {
          ...{ method: route.method, body, duplex: 'half' },
          headers: { 'x-user': 'ada', 'content-type': 'application/json' },
        }),
      );
    const statuses = [
      (await send(bounded, ' '.repeat(mostBytes))).status,
      (await send(bounded, ' '.repeat(mostBytes + 1))).status,
      (await send(impatient, new ReadableStream({ start: (sent) => sent.enqueue(new Uint8Array(1)) }))).status,
    ];
    expect(statuses).toEqual([expect.toSatisfy((status: number) => [400, 401].includes(status)), 413, 408]);
  },
);

/** Routes that change state, and that pages call. */
const CHANGES = CALLS.filter(([name, { method }]) => method !== 'GET' && name !== 'handleWebhook');

test.each(CHANGES)(
  'T-L4: %s does nothing for a page of another origin, or for a body of another type',
  async (name, route) => {
    const called = vi.spyOn<Pick<VideoService, typeof name>, typeof name>(world.service, name);
    const path = route.path.replace(/\{\w+\}/, '0'.repeat(32));
    const body = BODIES[name] ?? (route.body === undefined ? undefined : {});
    const evil = await world.ask(route.method, path, body, { origin: 'https://evil.example' });
    expect([evil.status, errorBodySchema.parse(await evil.json()).error.code]).toEqual([403, 'ORIGIN_REFUSED']);
    if (body !== undefined) {
      const form = await world.ask(route.method, path, body, { 'content-type': 'text/plain' });
      expect(form.status).toBe(415);
    }
    expect(called).not.toHaveBeenCalled();
  },
);
