import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { fixtures } from '@videostorage/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CookieStorage } from '../test-support/cookie-storage.ts';
import { driveHost } from '../test-support/drive-host.ts';
import { HttpWorld } from '../test-support/http-world.ts';
import { close, type LocalHost, listen, localHost } from '../test-support/local-host.ts';
import { toExpressHandler } from './express.ts';
import { videoRoutes } from './fastify.ts';
import { toHonoMiddleware } from './hono.ts';
import { type NextHandlers, toNextHandlers } from './next.ts';
import { nodeRequestOf, toNodeListener } from './node.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

async function hostAt(mediaPath?: string): Promise<LocalHost> {
  const host = await localHost({ mediaPath });
  closing.push(() => host.dispose());
  return host;
}

async function serve(server: Server, port: number): Promise<void> {
  await listen(server, port);
  closing.push(() => close(server));
}

/** The storage's media outside the routes' path and below it: one handler serves both. */
const PLACES = ['/api/video/media', '/media'];

describe.each(PLACES)('one handler, media at %s', (mediaPath) => {
  test('node:http', async () => {
    const { routes, origin, port } = await hostAt(mediaPath);
    await serve(createServer(toNodeListener(routes)), port);
    await driveHost(origin);
    expect((await fetch(`${origin}/`)).status).toBe(404);
  });

  test('Express 5, before its parsers, with its own pages', async () => {
    const { routes, origin, port } = await hostAt(mediaPath);
    const app = express();
    app.use(toExpressHandler(routes));
    app.use(express.json(), express.raw({ type: '*/*' }));
    app.get('/videos/:id', (request, response) => void response.send(`page ${request.params.id}`));
    await serve(createServer(app), port);
    await driveHost(origin);
    expect(await (await fetch(`${origin}/videos/7`)).text()).toBe('page 7');
  });

  test('Fastify 5 with its own parsers and limits', async () => {
    const { routes, origin, port } = await hostAt(mediaPath);
    const app = fastify({ bodyLimit: 16 });
    app.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) =>
      done(new Error('Not here.')),
    );
    app.register(videoRoutes, { routes });
    app.get('/videos/:id', async ({ params }) => `page ${Object.values(params ?? {})}`);
    closing.push(() => app.close());
    await app.listen({ port, host: '127.0.0.1' });
    await driveHost(origin);
    expect(await (await fetch(`${origin}/videos/7`)).text()).toBe('page 7');
  });

  test('Hono 4 with its own routes, on a Node server', async () => {
    const { routes, origin, port } = await hostAt(mediaPath);
    const app = new Hono();
    app.use(toHonoMiddleware(routes));
    app.get('/videos/:id', (context) => context.text(`page ${context.req.param('id')}`));
    const { getRequestListener } = await import('@hono/node-server');
    await serve(createServer(getRequestListener(app.fetch)), port);
    await driveHost(origin);
    expect(await (await fetch(`${origin}/videos/7`)).text()).toBe('page 7');
  });
});

/**
 * Behaves like `on-headers` before 1.1, which sessions and compression use: it reads a list of fields as pairs, and adds a
 * cookie.
 */
function watchHead(response: express.Response): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status: number, ...given: unknown[]) => {
    const fields = given.find((each) => typeof each === 'object') ?? {};
    for (const [name, value] of Array.isArray(fields) ? fields : Object.entries(fields)) {
      response.setHeader(name, value);
    }
    response.appendHeader('Set-Cookie', 'session=late');
    return writeHead(status);
  };
}

test('routes mounted in Express at the base path, after a session that changes the headers of answers, still get the whole path', async () => {
  const { routes, origin, port } = await hostAt();
  const app = express();
  app.use((_request, response, next) => {
    watchHead(response);
    next();
  });
  app.use('/api/video', toExpressHandler(routes));
  app.get('/api/video', (_request, response) => response.send('a page'));
  await serve(createServer(app), port);
  await driveHost(origin);
  // Express adds the slash to the rest of the path; the host app's own page below it is still reached.
  for (const bare of ['/api/video', '/api/video?of=anna']) {
    expect(await (await fetch(origin + bare)).text()).toBe('a page');
  }
  expect((await fetch(`${origin}/api/video/`)).headers.get('content-type')).toContain('application/json');
});

test('a parser before the routes is an error with its fix, not a missing body', async () => {
  const { routes, origin, port } = await hostAt();
  const app = express();
  app.use(express.json());
  app.use(toExpressHandler(routes));
  const errors: unknown[] = [];
  app.use((error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
    errors.push(error);
    response.status(500).end();
  });
  await serve(createServer(app), port);
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${origin}/api/video/uploads`, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(500);
  expect(errors).toMatchObject([{ code: 'MISCONFIGURED', message: expect.stringContaining('express.json()') }]);
  expect((await fetch(`${origin}/api/video/health`)).status).toBe(200);
});

test('Fastify serves routes below a prefix that their base path begins with, and does not start with another one', async () => {
  const { routes, origin, port } = await hostAt();
  const app = fastify();
  app.register(async (api) => void api.register(videoRoutes, { routes, prefix: '/video/' }), { prefix: '/api' });
  closing.push(() => app.close());
  await app.listen({ port, host: '127.0.0.1' });
  expect((await fetch(`${origin}/api/video/health`)).status).toBe(200);
  for (const prefix of ['/shop', '/api/vid']) {
    const message = expect.stringContaining(`/api/video cannot be reached below the prefix ${prefix}`);
    await expect(fastify().register(videoRoutes, { routes, prefix }).ready()).rejects.toMatchObject({
      ...{ code: 'MISCONFIGURED', message },
    });
  }
  const outside = { prefix: '/shop', addHook: vi.fn(), all: vi.fn() };
  const done = vi.fn();
  videoRoutes(outside, { routes }, done);
  expect([done, outside.addHook, outside.all].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0]);
  const second = { ...routes, basePaths: ['/api/video', '/media'] };
  await expect(fastify().register(videoRoutes, { routes: second, prefix: '/api' }).ready()).rejects.toMatchObject({
    ...{ code: 'MISCONFIGURED', message: expect.stringContaining('/media cannot be reached below the prefix /api') },
  });
  const atRoot = { ...routes, basePaths: [''] };
  const message = expect.stringContaining('videoRoutes: / cannot be reached below the prefix /shop');
  await expect(fastify().register(videoRoutes, { routes: atRoot, prefix: '/shop' }).ready()).rejects.toMatchObject({
    ...{ code: 'MISCONFIGURED', message },
  });
});

test('hooks of a Fastify host run before the routes, and may refuse', async () => {
  const { routes, origin, port } = await hostAt();
  const app = fastify();
  const hijacked: string[] = [];
  app.addHook('onRequest', async ({ headers, url }, reply) => {
    if (headers['x-blocked'] !== undefined) await reply.code(451).send();
    // Otherwise Fastify treats the answer as its own, and its timeouts and error handlers would write to it as well.
    vi.spyOn(reply, 'hijack').mockImplementationOnce(() => {
      hijacked.push(url);
      return reply;
    });
  });
  app.register(videoRoutes, { routes });
  closing.push(() => app.close());
  await app.listen({ port, host: '127.0.0.1' });
  expect((await fetch(`${origin}/api/video/health`, { headers: { 'x-blocked': '1' } })).status).toBe(451);
  expect((await fetch(`${origin}/api/video/health`)).status).toBe(200);
  expect(hijacked).toEqual(['/api/video/health']);
});

describe('the user whom middleware of the host app has signed in is available to `actor`', () => {
  interface SignedIn extends IncomingMessage {
    readonly user?: string;
  }

  /** Routes without a session for anybody, and the users that their `actor` has seen. */
  function routesFor(find: (request: Request) => string | undefined) {
    const seen: (string | undefined)[] = [];
    const { routes } = new HttpWorld({ routes: { actor: (request) => void seen.push(find(request)) } });
    return { routes, seen };
  }
  const statusAt = async (origin: string) => (await fetch(`${origin}/api/video/videos`)).status;

  test('on the request of Express', async () => {
    const { routes, seen } = routesFor((request) => nodeRequestOf<SignedIn>(request)?.user);
    const app = express();
    app.use((request, _response, next) => {
      Object.assign(request, { user: 'ada' });
      next();
    });
    app.use(toExpressHandler(routes));
    const server = createServer(app);
    closing.push(() => close(server));
    expect([await statusAt(`http://127.0.0.1:${await listen(server)}`), seen]).toEqual([401, ['ada']]);
  });

  test('on the request of Fastify', async () => {
    const users = new WeakMap<IncomingMessage, string>();
    const { routes, seen } = routesFor((request) => users.get(nodeRequestOf(request) ?? expect.unreachable()));
    const app = fastify();
    app.addHook('onRequest', async ({ raw }) => void users.set(raw, 'ada'));
    app.register(videoRoutes, { routes });
    closing.push(() => app.close());
    expect([await statusAt(await app.listen({ host: '127.0.0.1', port: 0 })), seen]).toEqual([401, ['ada']]);
  });

  test('on the context of Hono, whose request is a web `Request`', async () => {
    const users = new WeakMap<Request, string>();
    const { routes, seen } = routesFor((request) => users.get(request));
    const app = new Hono();
    app.use(async ({ req }, next) => {
      users.set(req.raw, 'ada');
      await next();
    });
    app.use(toHonoMiddleware(routes));
    expect([(await app.request('/api/video/videos')).status, seen]).toEqual([401, ['ada']]);
    expect(nodeRequestOf(new Request('https://host.example/'))).toBeUndefined();
  });
});

describe('headers that the host app has set before the routes', () => {
  const url = (port: number, id: string) => `http://127.0.0.1:${port}/api/video/videos/${id}/playback`;
  const GRANT = { method: 'POST', headers: { 'x-user': 'ada' } };
  const COOKIES = ['seen=1', expect.stringMatching(/^CloudFront-Policy=/), expect.stringMatching(/^CloudFront-Sig/)];

  async function grantedByCookies() {
    const world = new HttpWorld({ storage: new CookieStorage({}), routes: { allowedOrigins: ['https://a.example'] } });
    return { routes: world.routes, id: (await world.readyVideo()).videoId };
  }

  test('are kept in Express, with all cookies of a grant in addition to its own', async () => {
    const { routes, id } = await grantedByCookies();
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('Set-Cookie', 'seen=1').vary('Accept-Encoding').setHeader('Cache-Control', 'public');
      watchHead(response);
      next();
    });
    app.use(toExpressHandler(routes));
    const server = createServer(app);
    closing.push(() => close(server));
    const { headers, status } = await fetch(url(await listen(server), id), GRANT);
    expect([status, headers.getSetCookie()]).toEqual([200, [...COOKIES, 'session=late']]);
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Accept-Encoding, Origin', 'no-store']);
    expect(headers.get('x-powered-by')).toBe('Express');
  });

  test('are kept when hooks of Fastify set them, although Fastify does not answer', async () => {
    const { routes, id } = await grantedByCookies();
    const app = fastify();
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('Set-Cookie', ['seen=1']).header('Vary', 'Accept-Encoding').header('X-Left', 5);
      // Its type allows a value of undefined.
      vi.spyOn(reply, 'getHeaders').mockReturnValueOnce({ ...reply.getHeaders(), 'x-none': undefined });
    });
    app.register(videoRoutes, { routes });
    closing.push(() => app.close());
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const { headers } = await fetch(url(Number(port), id), GRANT);
    expect(headers.getSetCookie()).toEqual(COOKIES);
    expect([headers.get('vary'), headers.get('x-left')]).toEqual(['Accept-Encoding, Origin', '5']);
  });
});

test('over HTTP/2 a grant has all its cookies, and a body that is too large gets its answer, without a warning of Node', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const world = new HttpWorld({ storage: new CookieStorage({}) });
  const { videoId } = await world.readyVideo();
  const listener = toNodeListener(world.routes);
  const server = createHttp2Server((...pair) => void Reflect.apply(listener, undefined, pair));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = connect(`http://127.0.0.1:${Object(server.address()).port}`);
  closing.push(async () => {
    session.destroy();
    server.close();
    warned.mockRestore();
  });
  const ask = (path: string, body = '') =>
    new Promise<readonly unknown[]>((resolve, reject) => {
      const length = body === '' ? {} : { 'content-type': 'application/json' };
      const stream = session.request({ ':method': 'POST', ':path': `/api/video${path}`, 'x-user': 'ada', ...length });
      stream
        .on('response', (headers) => resolve([headers[':status'], headers['set-cookie']?.length]))
        .on('error', reject);
      stream.resume().end(body);
    });
  expect(await ask(`/videos/${videoId}/playback`)).toEqual([200, 2]);
  expect(await ask('/uploads', 'x'.repeat(65_537))).toEqual([413, undefined]);
  expect(warned).not.toHaveBeenCalled();
});

test('handlers of Next are the routes, one for each method', async () => {
  const { routes, origin } = await hostAt();
  const handlers = toNextHandlers(routes);
  expect(Object.keys(handlers).sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST']);
  for (const [method, handler] of Object.entries(handlers)) {
    const answer = await handler(new Request(`${origin}/api/video/health`, { method }));
    expect(answer.status).toBe(method === 'GET' || method === 'HEAD' ? 200 : 405);
  }
});

test('handlers of Next create the routes at the first request, once, and again after a failure', async () => {
  const { routes, origin } = await hostAt();
  let calls = 0;
  const { GET, POST } = toNextHandlers(() => {
    calls += 1;
    if (calls === 1) throw new TypeError('the database is down');
    return routes;
  });
  expect(calls).toBe(0);
  const health = new Request(`${origin}/api/video/health`);
  await expect(GET(health)).rejects.toThrow('the database is down');
  expect((await GET(health)).status).toBe(200);
  expect((await POST(new Request(health, { method: 'POST' }))).status).toBe(405);
  expect(calls).toBe(2);
});

test('handlers of Next accept paths that end with a slash, as with `trailingSlash: true`, with body and query', async () => {
  const { routes, origin } = await hostAt();
  const { GET, POST } = toNextHandlers(routes);
  expect((await GET(new Request(`${origin}/api/video/health/?a=b`))).status).toBe(200);
  expect((await GET(new Request(`${origin}/api/video/videos/?limit=0`))).status).toBe(400);
  const { fileName, mimeType } = fixtures.moovFirst;
  const [headers, body] = [
    { 'Content-Type': 'application/json' },
    JSON.stringify({ fileName, mimeType, sizeBytes: 9 }),
  ];
  const asked = await POST(new Request(`${origin}/api/video/uploads/`, { method: 'POST', headers, body }));
  expect(asked.status).toBe(201);
  expect((await GET(new Request(`${origin}/api/video/health//`))).status).toBe(404);
});

const [basePaths, ownsPath, fetchNothing]: readonly unknown[] = [[], () => true, () => undefined];
test.each<readonly [unknown]>([
  ...([[null], [undefined], [{}], ['routes'], [{ basePaths, ownsPath }]] as const),
  ...([[{ basePaths, fetch: fetchNothing }], [{ ownsPath, fetch: fetchNothing }]] as const),
])('an adapter that is given %j instead of routes refuses it, with how to fix it', async (given) => {
  const refused = expect.objectContaining({
    code: 'MISCONFIGURED',
    message: expect.stringContaining('createVideoRoutes'),
  });
  const app = { addHook: () => undefined, all: () => undefined };
  for (const adapt of [toNodeListener, toExpressHandler, toHonoMiddleware, toNextHandlers]) {
    expect(() => Reflect.apply(adapt, undefined, [given])).toThrow(refused);
  }
  expect(() => Reflect.apply(videoRoutes, undefined, [app, { routes: given }, () => {}])).toThrow(refused);
  const late: NextHandlers = Reflect.apply(toNextHandlers, undefined, [() => given]);
  await expect(late.GET(new Request('https://host.example/api/video/health'))).rejects.toEqual(refused);
});
