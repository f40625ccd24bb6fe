import type { ServerResponse } from 'node:http';

/** Fields that the host app may have set as well: its own values stay beside ours. */
const SHARED: ReadonlySet<string> = new Set(['set-cookie', 'vary']);

/**
 * Puts the fields of an answer into Node's, one by one, and not as a list for `writeHead`: that would replace the cookies of the host app,
 * and middleware that watches it, such as `on-headers` before 1.1 in sessions and compression of Express host apps, reads a list of
 * names and values as one of pairs.
 */
export function setFields(response: ServerResponse, fields: Iterable<readonly [string, string]>): void {
  for (const [name, value] of fields) {
    if (SHARED.has(name.toLowerCase())) response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
