import { Refusal } from './refusal.ts';

const MAX_FIELDS = 100;
const MAX_BYTES = 16 * 1024;

/** As much as Node's own server takes; other servers have other bounds, or none. @throws {Refusal} `HEADERS_TOO_LARGE` */
export function checkHeaders(headers: Headers): void {
  let fields = 0;
  let bytes = 0;
  for (const [name, value] of headers) {
    fields += 1;
    bytes += name.length + value.length;
    if (fields > MAX_FIELDS || bytes > MAX_BYTES) throw new Refusal('HEADERS_TOO_LARGE');
  }
}
