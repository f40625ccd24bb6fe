import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { BodyFiles } from './body-files.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectHead, StoredBytes } from './stored-object.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;

/** One part that has arrived. */
interface Part extends StoredBytes {
  readonly partNumber: number;
  readonly lastModifiedMs: number;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly head: ObjectHead;
  readonly parts: Map<number, Part>;
}

/** What a client asks to be joined. */
export interface RequestedPart {
  readonly partNumber: number;
  /** With or without quotes. */
  readonly eTag: string;
}

/** Uploads in parts, by S3's rules (Amazon S3 User Guide, "Uploading an object using multipart upload"). */
export class EmulatedMultipartUploads {
  readonly #uploads = new Map<string, Upload>();
  readonly #files: BodyFiles;

  constructor(files: BodyFiles) {
    this.#files = files;
  }

  /** How many are neither completed nor aborted. */
  get pending(): number {
    return this.#uploads.size;
  }

  /** Begins one; gives its id. */
  create(bucket: string, key: string, head: ObjectHead): string {
    const uploadId = randomBytes(24).toString('base64url');
    this.#uploads.set(uploadId, { bucket, key, head, parts: new Map() });
    return uploadId;
  }

  /** Stores a part; the same number again replaces it. Gives its ETag without quotes. */
  async putPart(
    id: string,
    bucket: string,
    key: string,
    partNumber: number,
    bytes: StoredBytes,
    nowMs: number,
  ): Promise<string> {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) {
      await rm(bytes.path, { force: true });
      throw noSuchUpload();
    }
    const replaced = upload.parts.get(partNumber);
    upload.parts.set(partNumber, { ...bytes, partNumber, lastModifiedMs: nowMs });
    if (replaced !== undefined) await rm(replaced.path, { force: true });
    return bytes.md5;
  }

  /** The parts that are there, by number. */
  list(id: string, bucket: string, key: string): readonly Part[] {
    return [...this.#get(id, bucket, key).parts.values()].sort((one, other) => one.partNumber - other.partNumber);
  }

  /** Checks and joins; the upload stays until `finish`. @throws {S3Error} */
  async join(
    id: string,
    bucket: string,
    key: string,
    requested: readonly RequestedPart[],
    objectSizeBytes: number | undefined,
  ): Promise<{ readonly head: ObjectHead; readonly bytes: StoredBytes; readonly eTag: string }> {
    const upload = this.#get(id, bucket, key);
    if (requested.length === 0) throw new S3Error(400, 'MalformedXML', 'The XML you provided was not well-formed.');
    if (requested.some((part, index) => index > 0 && part.partNumber <= (requested[index - 1]?.partNumber ?? 0))) {
      throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    const parts = requested.map((wanted) => {
      const part = upload.parts.get(wanted.partNumber);
      if (part === undefined || part.md5 !== wanted.eTag.replaceAll('"', '')) {
        throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.', {
          PartNumber: wanted.partNumber,
        });
      }
      return part;
    });
    const small = parts.slice(0, -1).find((part) => part.sizeBytes < MIN_PART_BYTES);
    if (small !== undefined) {
      throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        ProposedSize: small.sizeBytes,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: small.partNumber,
      });
    }
    const sum = parts.reduce((bytes, part) => bytes + part.sizeBytes, 0);
    if (objectSizeBytes !== undefined && objectSizeBytes !== sum) {
      throw new S3Error(
        400,
        'InvalidRequest',
        'The provided x-amz-mp-object-size does not match the size of the parts.',
      );
    }
    const digest = createHash('md5');
    for (const part of parts) digest.update(Buffer.from(part.md5, 'hex'));
    const eTag = `${digest.digest('hex')}-${parts.length}`;
    return { head: upload.head, bytes: await this.#files.join(parts), eTag };
  }

  /** Forgets an upload and its parts. @throws {S3Error} 404 */
  async finish(id: string, bucket: string, key: string): Promise<void> {
    const upload = this.#get(id, bucket, key);
    this.#uploads.delete(id);
    for (const part of upload.parts.values()) await rm(part.path, { force: true });
  }

  #get(id: string, bucket: string, key: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload();
    return upload;
  }
}

/** A part number of a request. @throws {S3Error} outside 1–10 000 */
export function parsePartNumber(text: string | null): number {
  const partNumber = Number(text);
  if (Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= MAX_PART_NUMBER) return partNumber;
  throw new S3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
    ArgumentName: 'partNumber',
  });
}

function noSuchUpload(): S3Error {
  return new S3Error(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}
