import type { IncomingMessage } from 'node:http';

/**
 * Returns the request of Node's server, or of Express, behind a request that `actor` gets, with what middleware has
 * added to it: a session, or the signed-in user. Undefined for a request that did not come through `/node`, `/express`
 * or `/fastify`.
 */
export function nodeRequestOf<Incoming extends IncomingMessage = IncomingMessage>(
  // The member of srvx's requests with the runtime's own request: https://srvx.h3.dev/guide/handler.
  request: Request & { readonly runtime?: { readonly node?: { readonly req?: Incoming } } },
): Incoming | undefined {
  return request.runtime?.node?.req;
}
