import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { nodeRequestOf } from './node-request-of.ts';

test('the request of Node’s server is returned; other runtimes have none', () => {
  const request = (runtime?: object) => Object.assign(new Request('http://127.0.0.1/'), runtime && { runtime });
  const incoming = new IncomingMessage(new Socket());
  expect(nodeRequestOf(request({ node: { req: incoming } }))).toBe(incoming);
  for (const runtime of [undefined, {}, { node: {} }]) expect(nodeRequestOf(request(runtime))).toBeUndefined();
});
