import { rm } from 'node:fs/promises';
import { BodyChecks } from './body-checks.ts';
import { tooLarge } from './body-files.ts';
import { S3Error } from './s3-error.ts';
import { readText, type S3Request } from './s3-request.ts';
import { isCeph } from './store-abilities.ts';
import type { StoredBytes } from './stored-object.ts';

const MAX_PUT_BYTES = 5 * 1024 ** 3;

/**
 * Receives a request's body, which must be the signed and declared one; repeats correct checksums in the answer. @throws
 * {S3Error}
 */
export async function receive(call: S3Request): Promise<StoredBytes> {
  const { request, response, files } = call;
  const announced = request.headers['content-length'];
  if (announced === undefined)
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (Number(announced) > MAX_PUT_BYTES) throw tooLarge(Number(announced), MAX_PUT_BYTES);
  const checks = checksOf(call);
  if (call.bucket.locks && !checks.protects) throw unprotected(call.query.has('partNumber') ? 'Part' : 'Object');
  const bytes = await files.store(request, MAX_PUT_BYTES, checks.update);
  try {
    checks.refuseWrong();
  } catch (error) {
    await rm(bytes.path, { force: true });
    throw error;
  }
  for (const [name, value] of Object.entries(checks.checksums)) response.setHeader(name, value);
  return bytes;
}

/** The error for a body without a digest on a bucket with Object Lock. */
function unprotected(what: 'Object' | 'Part'): S3Error {
  const message = `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`;
  return new S3Error(400, 'InvalidRequest', message);
}

/**
 * A small body as text, which must be the signed one. `isChecked` false: its checksum headers are not those of the body.
 * @throws {S3Error}
 */
export async function readSignedText(
  call: S3Request,
  options: { readonly isChecked?: boolean } = {},
): Promise<{ readonly text: string; readonly isProtected: boolean }> {
  const checks = checksOf(call, options);
  const text = await readText(call.request);
  checks.update(Buffer.from(text));
  checks.refuseWrong();
  return { text, isProtected: checks.protects };
}

function checksOf({ request, query, verified, abilities }: S3Request, { isChecked = true } = {}): BodyChecks {
  if (verified.payloadHash.startsWith('STREAMING-'))
    throw new S3Error(501, 'NotImplemented', 'Bodies in signed chunks are not emulated.');
  return new BodyChecks(request.headers, query, verified.payloadHash, { isChecked: isChecked && !isCeph(abilities) });
}
