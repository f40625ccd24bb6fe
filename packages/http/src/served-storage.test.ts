import { expect, test } from 'vitest';
import { HttpWorld, memoryStorage, ORIGIN } from '../test-support/http-world.ts';
import { servedStorages } from './served-storage.ts';

const served = { basePath: '/media', ownsPath: () => true, fetch: async () => new Response() };

test('a storage is served when it has all members that serving needs', () => {
  const whole = Object.assign(memoryStorage(), served);
  const lacking = Object.keys(served).map((name) => Object.assign(memoryStorage(), served, { [name]: undefined }));
  expect(servedStorages([memoryStorage(), whole, ...lacking])).toEqual([whole]);
});

test.each(['/media', '/api/video/media', '/api'])(
  'below %s its answer is passed unchanged, with request id and without sniffing; other paths are routes',
  async (basePath) => {
    const headers = { 'Cache-Control': 'private, max-age=60', 'Content-Type': 'video/mp4' };
    const fetch = async (request: Request) => new Response(`film at ${new URL(request.url).pathname}`, { headers });
    // Accepts any path: the router decides first which paths belong to the storage.
    const ownsPath = (url: string) => !url.includes('not-mine');
    const { routes } = new HttpWorld({ storage: Object.assign(memoryStorage(), { basePath, ownsPath, fetch }) });
    expect(routes.basePaths).toEqual(['/api/video', basePath]);
    const ask = (path: string) => routes.fetch(new Request(`${ORIGIN}${path}`));
    const film = await ask(`${basePath}/x.mp4`);
    expect([film.status, await film.text()]).toEqual([200, `film at ${basePath}/x.mp4`]);
    expect(film.headers.get('x-content-type-options')).toBe('nosniff');
    expect(film.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(film.headers.get('cache-control')).toBe('private, max-age=60');
    expect((await ask('/api/video/health')).status).toBe(200);
    for (const path of [`${basePath}x/x.mp4`, `${basePath}/not-mine`, '/elsewhere/x.mp4']) {
      expect((await ask(path)).status).toBe(404);
    }
  },
);

test('an answer keeps its status, status text and body', async () => {
  const fetch = async () => new Response('some', { status: 206, statusText: 'A Part' });
  const { routes } = new HttpWorld({ storage: Object.assign(memoryStorage(), { ...served, fetch }) });
  const answer = await routes.fetch(new Request(`${ORIGIN}/media/film.mp4`));
  expect([answer.status, answer.statusText, await answer.text()]).toEqual([206, 'A Part', 'some']);
});

test('an answer whose headers are immutable is passed as well', async () => {
  const fetch = async () => Response.redirect('https://cdn.example/film.mp4', 302);
  const { routes } = new HttpWorld({ storage: Object.assign(memoryStorage(), { ...served, fetch }) });
  const { status, headers } = await routes.fetch(new Request(`${ORIGIN}/media/film.mp4`));
  expect([status, headers.get('location')]).toEqual([302, 'https://cdn.example/film.mp4']);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a storage that fails is answered with 500, and the failure is logged with the request id', async () => {
  const fetch = () => Promise.reject(new Error('the disk is gone'));
  const { routes, log } = new HttpWorld({ storage: Object.assign(memoryStorage(), { ...served, fetch }) });
  const answer = await routes.fetch(new Request(`${ORIGIN}/media/film.mp4`));
  const requestId = answer.headers.get('x-request-id');
  expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: 'INTERNAL', requestId } }]);
  expect(log).toMatchObject([{ level: 'error', event: 'request.failed', requestId }]);
});

test('below a base path that is the routes’ own, the routes answer', async () => {
  const { routes } = new HttpWorld({ storage: Object.assign(memoryStorage(), { ...served, basePath: '/api/video' }) });
  expect(routes.basePaths).toEqual(['/api/video']);
  expect(await (await routes.fetch(new Request(`${ORIGIN}/api/video/health`))).json()).toEqual({ status: 'ok' });
});
