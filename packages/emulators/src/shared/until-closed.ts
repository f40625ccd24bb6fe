import type { ServerResponse } from 'node:http';

/** Resolves once the client has the whole answer or has gone, also when it went before the call. */
export async function untilClosed(response: ServerResponse): Promise<void> {
  // `close` comes once: whoever begins to wait after it would wait for ever.
  if (response.closed) return;
  await new Promise<void>((resolve) => response.once('close', resolve));
}
