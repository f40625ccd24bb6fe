import type { IncomingMessage } from 'node:http';

/**
 * The request of Node's server, or of Express, behind one that `actor` is given, with what middleware has put there: a session, or
 * who has signed in. Undefined for one that did not come through `/node`, `/express` or `/fastify`.
 */
export function nodeRequestOf<Incoming extends IncomingMessage = IncomingMessage>(
  // What srvx's requests say of themselves: https://srvx.h3.dev/guide/handler.
  request: Request & { readonly runtime?: { readonly node?: { readonly req?: Incoming } } },
): Incoming | undefined {
  return request.runtime?.node?.req;
}
