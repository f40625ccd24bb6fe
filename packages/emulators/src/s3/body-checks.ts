import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type RunningChecksum, startCrc32, startCrc32c, startCrc64Nvme } from './crc.ts';
import { S3Error } from './s3-error.ts';

const hash = (algorithm: string) => (): RunningChecksum => {
  const running = createHash(algorithm);
  return { update: (chunk) => void running.update(chunk), digest: () => running.digest('base64') };
};

/** The algorithms that can be checked, by the end of `x-amz-checksum-…`. */
const ALGORITHMS: ReadonlyMap<string, () => RunningChecksum> = new Map([
  ['crc32', startCrc32],
  ['crc32c', startCrc32c],
  ['crc64nvme', startCrc64Nvme],
  ['md5', hash('md5')],
  ['sha1', hash('sha1')],
  ['sha256', hash('sha256')],
  ['sha512', hash('sha512')],
]);
/** Names with the same prefix that are not checksums. */
const NO_CHECKSUMS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']);
const PREFIX = 'x-amz-checksum-';

/** One digest that is compared at the end. */
export interface Check {
  readonly running: RunningChecksum;
  readonly expected: string;
  wrong(): S3Error;
}

/**
 * The digests that a request declares for its body: `Content-MD5`, `x-amz-checksum-…`, the signed payload hash. A checksum in
 * the query counts like one in a header: it is unclear whether Amazon's S3 reads it there, other stores refuse it, and the
 * checksum of an empty body in a presigned URL is a mistake that should be noticed.
 */
export class BodyChecks {
  /** The declared `x-amz-checksum-…`, which the answer repeats when they are correct. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Whether there is a digest that is meant to protect the body. */
  readonly protects: boolean;
  readonly #checks: readonly Check[];

  /**
   * `isChecked` false: `x-amz-checksum-…` is neither checked nor repeated, since it is not the checksum of the body, or the
   * store ignores it.
   * @throws {S3Error} for a digest that is malformed, or of an unknown algorithm
   */
  constructor(
    headers: IncomingHttpHeaders,
    query: URLSearchParams,
    payloadHash: string,
    { isChecked = true }: { readonly isChecked?: boolean } = {},
  ) {
    const given = [
      ...Object.entries(headers),
      ...[...query].map(([name, value]) => [name.toLowerCase(), value] as const),
    ];
    const announced = checksumsOf(given);
    const checksums = isChecked ? announced : [];
    this.checksums = Object.fromEntries(checksums);
    const contentMd5 = headers['content-md5'];
    this.protects = announced.length > 0 || contentMd5 !== undefined;
    this.#checks = [
      ...(/^[0-9a-f]{64}$/.test(payloadHash) ? [payloadCheck(payloadHash)] : []),
      ...(contentMd5 === undefined ? [] : [md5Check(String(contentMd5))]),
      ...checksums.map(([name, value]) => checksumCheck(name, value)),
    ];
  }

  /** Adds the next bytes of the body. */
  readonly update = (chunk: Uint8Array): void => {
    for (const { running } of this.#checks) running.update(chunk);
  };

  /** Call this after the last byte. @throws {S3Error} 400 when a digest is not that of the body */
  refuseWrong(): void {
    for (const { running, expected, wrong } of this.#checks) if (running.digest() !== expected) throw wrong();
  }
}

function payloadCheck(payloadHash: string): Check {
  return {
    running: hash('sha256')(),
    expected: Buffer.from(payloadHash, 'hex').toString('base64'),
    wrong: () =>
      new S3Error(
        400,
        'XAmzContentSHA256Mismatch',
        'The provided x-amz-content-sha256 header does not match what was computed.',
      ),
  };
}

/** A check of `Content-MD5`, from a header or a form's field. @throws {S3Error} 400 `InvalidDigest` when it is not an MD5 */
export function md5Check(contentMd5: string): Check {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(contentMd5))
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  return {
    running: hash('md5')(),
    expected: contentMd5,
    wrong: () => new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'),
  };
}

/** The `x-amz-checksum-…` among headers or fields with names in lower case. */
export function checksumsOf(fields: Iterable<readonly [string, unknown]>): readonly (readonly [string, string])[] {
  return [...fields].flatMap(([name, value]) =>
    name.startsWith(PREFIX) && !NO_CHECKSUMS.has(name) && value !== undefined ? [[name, String(value)] as const] : [],
  );
}

/** The algorithm that the name of a checksum ends with. */
export function algorithmOf(name: string): string {
  return name.slice(PREFIX.length);
}

/** Starts a checksum. @throws {S3Error} 501 for an algorithm that the emulator cannot check */
export function startChecksum(algorithm: string): RunningChecksum {
  const start = ALGORITHMS.get(algorithm);
  if (start === undefined)
    throw new S3Error(501, 'NotImplemented', `The emulator cannot check ${PREFIX}${algorithm}, so it refuses it.`);
  return start();
}

/** A check of `x-amz-checksum-…`, from a header or a form's field. @throws {S3Error} as `startChecksum` */
export function checksumCheck(name: string, expected: string): Check {
  const algorithm = algorithmOf(name);
  return {
    running: startChecksum(algorithm),
    expected,
    wrong: () =>
      new S3Error(
        400,
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      ),
  };
}
