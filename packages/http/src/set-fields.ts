import type { ServerResponse } from 'node:http';

/** Headers that the host app may have set as well: its values are kept in addition. */
const SHARED: ReadonlySet<string> = new Set(['set-cookie', 'vary']);

/**
 * Sets the headers of an answer on Node's response one by one, and not as a list for `writeHead`: that would replace the
 * cookies of the host app, and middleware that wraps `writeHead`, such as `on-headers` before 1.1 in sessions and
 * compression of Express, reads a flat list of names and values as a list of pairs.
 */
export function setFields(response: ServerResponse, fields: Iterable<readonly [string, string]>): void {
  for (const [name, value] of fields) {
    if (SHARED.has(name.toLowerCase())) response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
