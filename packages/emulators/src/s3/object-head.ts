import { S3Error } from './s3-error.ts';
import { readStorageSettings } from './storage-settings.ts';
import type { ObjectHead } from './stored-object.ts';

/** Headers that S3 keeps with an object and returns with it (Amazon S3 User Guide, "Working with object metadata"). */
const KEPT = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);
const METADATA = 'x-amz-meta-';
/** The limit of names and values together. */
const MAX_METADATA_BYTES = 2048;
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** The headers and metadata of an object, from headers or form fields with names in lower case. @throws {S3Error} 400 */
export function readObjectHead(fields: Iterable<readonly [string, unknown]>): ObjectHead {
  const given = [...fields];
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  const metadata: Record<string, string> = {};
  for (const [name, value] of given) {
    if (value === undefined) continue;
    if (KEPT.has(name)) headers[name] = headerText(String(value));
    if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = String(value);
  }
  refuseBadMetadata(metadata);
  const entries = Object.entries(metadata).map(([name, value]) => [name, headerText(value)]);
  return { headers, metadata: Object.fromEntries(entries), ...readStorageSettings(given) };
}

function refuseBadMetadata(metadata: Readonly<Record<string, string>>): void {
  const entries = Object.entries(metadata);
  if (entries.some(([name]) => !TOKEN.test(name)))
    throw new S3Error(400, 'InvalidArgument', 'The name of a user-defined metadata field is not a header name.');
  const sizeBytes = entries.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (sizeBytes <= MAX_METADATA_BYTES) return;
  throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: sizeBytes,
    MaxSizeAllowed: MAX_METADATA_BYTES,
  });
}

/** S3 encodes text that a header cannot contain by RFC 2047. */
function headerText(value: string): string {
  return /^[\t\x20-\x7e\xa0-\xff]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}
