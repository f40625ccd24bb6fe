import { nodeRequestOf } from './node-request-of.ts';
import { Refusal } from './refusal.ts';

const MAX_FIELDS = 100;
const MAX_BYTES = 16 * 1024;

/**
 * Accepts as much as Node's own server does; other servers have other limits, or none. @throws {Refusal} `HEADERS_TOO_LARGE`
 */
export function checkHeaders(request: Request): void {
  const texts = nodeRequestOf(request)?.rawHeaders ?? [...request.headers].flat();
  let bytes = 0;
  for (const text of texts) bytes += text.length;
  if (texts.length > MAX_FIELDS * 2 || bytes > MAX_BYTES) throw new Refusal('HEADERS_TOO_LARGE');
}
