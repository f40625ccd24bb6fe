import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type RunningChecksum, startCrc32, startCrc32c, startCrc64Nvme } from './crc.ts';
import { S3Error } from './s3-error.ts';

const hash = (algorithm: string) => (): RunningChecksum => {
  const running = createHash(algorithm);
  return { update: (chunk) => void running.update(chunk), digest: () => running.digest('base64') };
};

/** What can be checked, by the end of `x-amz-checksum-…`. */
const ALGORITHMS: ReadonlyMap<string, () => RunningChecksum> = new Map([
  ['crc32', startCrc32],
  ['crc32c', startCrc32c],
  ['crc64nvme', startCrc64Nvme],
  ['md5', hash('md5')],
  ['sha1', hash('sha1')],
  ['sha256', hash('sha256')],
  ['sha512', hash('sha512')],
]);
/** Names that begin alike and are no checksums. */
const NO_CHECKSUMS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']);
const PREFIX = 'x-amz-checksum-';

interface Check {
  readonly running: RunningChecksum;
  readonly expected: string;
  wrong(): S3Error;
}

/**
 * The digests that a request promises of its body: `Content-MD5`, `x-amz-checksum-…`, the signed payload hash. A checksum
 * in the query counts like one in a header: whether Amazon's S3 looks at it there is disputed, other stores refuse it, and
 * the checksum of an empty body in a presigned URL is a mistake that should be seen.
 */
export class BodyChecks {
  /** The promised `x-amz-checksum-…`, to be told back once they are found right. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Whether there is a digest that is meant to protect the body. */
  readonly protects: boolean;
  readonly #checks: readonly Check[];

  /** @throws {S3Error} for a digest that is none, or that nobody can check */
  constructor(headers: IncomingHttpHeaders, query: URLSearchParams, payloadHash: string) {
    const promised = [...Object.entries(headers), ...[...query].map(([name, value]) => [name.toLowerCase(), value])];
    const checksums = promised.filter(
      (entry): entry is [string, string] => String(entry[0]).startsWith(PREFIX) && !NO_CHECKSUMS.has(String(entry[0])),
    );
    this.checksums = Object.fromEntries(checksums);
    const contentMd5 = headers['content-md5'];
    this.protects = checksums.length > 0 || contentMd5 !== undefined;
    this.#checks = [
      ...(/^[0-9a-f]{64}$/.test(payloadHash) ? [payloadCheck(payloadHash)] : []),
      ...(contentMd5 === undefined ? [] : [md5Check(String(contentMd5))]),
      ...checksums.map(([name, value]) => checksumCheck(name.slice(PREFIX.length), value)),
    ];
  }

  /** Takes in the next bytes of the body. */
  readonly update = (chunk: Uint8Array): void => {
    for (const { running } of this.#checks) running.update(chunk);
  };

  /** After the last byte. @throws {S3Error} 400 when a digest is not the body's */
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

/** Also of a form's `Content-MD5` field. @throws {S3Error} 400 `InvalidDigest` when it is no MD5 */
export function md5Check(contentMd5: string): Check {
  if (!/^[A-Za-z0-9+/]{22}==$/.test(contentMd5))
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  return {
    running: hash('md5')(),
    expected: contentMd5,
    wrong: () => new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'),
  };
}

function checksumCheck(algorithm: string, expected: string): Check {
  const start = ALGORITHMS.get(algorithm);
  if (start === undefined) {
    throw new S3Error(501, 'NotImplemented', `The emulator cannot check ${PREFIX}${algorithm}, so it refuses it.`);
  }
  return {
    running: start(),
    expected,
    wrong: () =>
      new S3Error(
        400,
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      ),
  };
}
