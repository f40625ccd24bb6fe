import type { IncomingMessage } from 'node:http';

/** What srvx's requests say of themselves (https://srvx.h3.dev/guide/handler). */
interface NodeBacked {
  readonly runtime?: { readonly node?: { readonly req?: IncomingMessage } };
}

/** Node's own request behind one that srvx made, as `/node` does: quicker to read than streams and headers of the web. */
export function incomingOf(request: Request & NodeBacked): IncomingMessage | undefined {
  return request.runtime?.node?.req;
}
