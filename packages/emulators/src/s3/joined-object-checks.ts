import { createReadStream } from 'node:fs';
import { startChecksum } from './body-checks.ts';
import { S3Error } from './s3-error.ts';
import type { StoredBytes } from './stored-object.ts';

/** A part, with the checksums that the client declares for it. */
export interface PartToCheck extends StoredBytes {
  readonly partNumber: number;
  /** By algorithm (`crc32`), as the document of the request names them. */
  readonly expected: ReadonlyMap<string, string>;
}

/**
 * Checks the checksums of a completed upload (Amazon S3 User Guide, "Checking object integrity for multipart uploads"):
 * those of its parts, and those of the object, `x-amz-checksum-<algorithm>`: of all its bytes, or, with the suffix `-<number of
 * parts>`, of the checksums of its parts.
 * @throws {S3Error} 400 `InvalidPart` or `BadDigest`
 */
export async function refuseWrongJoin(
  object: StoredBytes,
  parts: readonly PartToCheck[],
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  for (const part of parts) {
    for (const [algorithm, value] of part.expected) {
      if ((await digestOf(algorithm, part)) === value) continue;
      throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.', {
        PartNumber: part.partNumber,
      });
    }
  }
  for (const [algorithm, value] of expected) {
    const isOfParts = value.includes('-');
    if ((isOfParts ? await compositeOf(algorithm, parts) : await digestOf(algorithm, object)) === value) continue;
    throw new S3Error(
      400,
      'BadDigest',
      `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
    );
  }
}

async function digestOf(algorithm: string, { path }: StoredBytes): Promise<string> {
  const running = startChecksum(algorithm);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) running.update(chunk);
  return running.digest();
}

async function compositeOf(algorithm: string, parts: readonly StoredBytes[]): Promise<string> {
  const running = startChecksum(algorithm);
  for (const part of parts) running.update(Buffer.from(await digestOf(algorithm, part), 'base64'));
  return `${running.digest()}-${parts.length}`;
}
