import type { ServerResponse } from 'node:http';

/** Resolves once the client has the whole answer or has disconnected, also when it disconnected before the call. */
export async function untilClosed(response: ServerResponse): Promise<void> {
  // `close` is emitted once: waiting for it afterwards would never end.
  if (response.closed) return;
  await new Promise<void>((resolve) => response.once('close', resolve));
}
