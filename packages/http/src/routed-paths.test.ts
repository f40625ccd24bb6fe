import { createServer, request } from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { HttpWorld } from '../test-support/http-world.ts';
import { close, listen } from '../test-support/local-host.ts';
import { toExpressHandler } from './express.ts';
import { videoRoutes } from './fastify.ts';
import { toNodeListener } from './node.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

test('a path that the host app has rewritten before the routes is the one that is routed, in Express and Fastify', async () => {
  const { routes } = new HttpWorld();
  const rewritten = ({ url = '' }: { readonly url?: string | undefined }) => url.replace(/^\/v1\//, '/');
  const app = express();
  app.use((request, _response, next) => {
    request.url = rewritten(request);
    next();
  });
  app.use('/api', toExpressHandler(routes));
  const server = createServer(app);
  closing.push(() => close(server));
  const other = fastify({ rewriteUrl: rewritten });
  other.register(videoRoutes, { routes });
  closing.push(() => other.close());
  const origins = [`http://127.0.0.1:${await listen(server)}`, await other.listen({ host: '127.0.0.1', port: 0 })];
  for (const origin of origins) {
    for (const path of ['/v1/api/video/health', '/api/video/health']) {
      expect((await fetch(`${origin}${path}`)).status).toBe(200);
    }
    expect((await fetch(`${origin}/v2/api/video/health`)).status).toBe(404);
  }
});

test('a router that records the original URL but not the stripped part, as Connect does, is supported', async () => {
  const listener = toNodeListener(new HttpWorld().routes);
  const server = createServer((asked, response) => {
    const { url = '' } = asked;
    listener(Object.assign(asked, { originalUrl: url, url: url.replace('/api', '') }), response);
  });
  closing.push(() => close(server));
  expect((await fetch(`http://127.0.0.1:${await listen(server)}/api/video/health`)).status).toBe(200);
});

test('an absolute URL, as proxies send it, reaches the routes where Express strips a path', async () => {
  const app = express();
  app.use('/api', toExpressHandler(new HttpWorld().routes));
  const server = createServer(app);
  closing.push(() => close(server));
  const port = await listen(server);
  const status = await new Promise((resolve, reject) => {
    const asked = request({ port, path: 'http://school.example/api/video/health', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(200);
});
