import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { BodyFiles } from './body-files.ts';
import { compareKeys } from './bucket.ts';
import { S3Error } from './s3-error.ts';
import { malformedXml } from './s3-xml.ts';
import { eTagFor, usesKms } from './storage-settings.ts';
import type { ObjectHead, StoredBytes } from './stored-object.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;

/** One part that has arrived. */
export interface Part extends StoredBytes {
  readonly partNumber: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly lastModifiedMs: number;
}

/** An upload that is neither completed nor aborted. */
export interface PendingUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly head: ObjectHead;
}

interface Upload extends PendingUpload {
  readonly bucket: string;
  readonly parts: Map<number, Part>;
  /** While its parts are being joined; never rejects. */
  completing?: Promise<unknown> | undefined;
}

/** An object whose parts are joined, but which is not stored yet. */
interface JoinedObject {
  readonly head: ObjectHead;
  readonly bytes: StoredBytes;
  /** MD5 of the parts' MD5s and their number, without quotes. */
  readonly eTag: string;
  readonly parts: readonly Part[];
}

/** A part that a client wants to be joined. */
export interface RequestedPart {
  readonly partNumber: number;
  /** With or without quotes. */
  readonly eTag: string;
  /** By algorithm (`crc32`), in base64; compared by the code that stores the object. */
  readonly checksums: ReadonlyMap<string, string>;
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

  /** Begins an upload, and returns its id. */
  create(bucket: string, key: string, head: ObjectHead, nowMs: number): string {
    const uploadId = randomBytes(24).toString('base64url');
    this.#uploads.set(uploadId, { uploadId, bucket, key, initiatedMs: nowMs, head, parts: new Map() });
    return uploadId;
  }

  /** The uploads of a bucket's keys with a prefix, by key and id. */
  all(bucket: string, prefix: string): readonly PendingUpload[] {
    const found = [...this.#uploads.values()].filter((one) => one.bucket === bucket && one.key.startsWith(prefix));
    return found.sort((one, other) => compareKeys(one.key, other.key) || (one.uploadId < other.uploadId ? -1 : 1));
  }

  /** Stores a part; the same number again replaces it. Returns its ETag without quotes. */
  async putPart(
    id: string,
    bucket: string,
    key: string,
    partNumber: number,
    bytes: StoredBytes,
    nowMs: number,
  ): Promise<string> {
    const upload = await this.#settled(id, bucket, key).catch(async (error: unknown) => {
      await rm(bytes.path, { force: true });
      throw error;
    });
    const replaced = upload.parts.get(partNumber);
    const eTag = eTagFor(upload.head, bytes.md5);
    upload.parts.set(partNumber, { ...bytes, partNumber, eTag, lastModifiedMs: nowMs });
    if (replaced !== undefined) await rm(replaced.path, { force: true });
    return eTag;
  }

  /** The parts that have arrived, by number. */
  list(id: string, bucket: string, key: string): readonly Part[] {
    return [...this.#get(id, bucket, key).parts.values()].sort((one, other) => one.partNumber - other.partNumber);
  }

  /**
   * Checks the parts, joins them and has the object stored; only then the upload is removed. Of two simultaneous calls, the
   * second waits, and gets `NoSuchUpload`. @throws {S3Error} after which the upload stays
   */
  async complete<Stored>(
    { id, bucket, key }: { readonly id: string; readonly bucket: string; readonly key: string },
    requested: readonly RequestedPart[],
    objectSizeBytes: number | undefined,
    store: (joined: JoinedObject) => Promise<Stored>,
  ): Promise<Stored> {
    const upload = await this.#settled(id, bucket, key);
    const parts = chooseParts(upload.parts, requested, objectSizeBytes);
    const work = this.#joinAndStore(upload, parts, store);
    // Other callers only wait for its end; its own caller gets the result through `work`.
    upload.completing = work.catch(() => undefined).finally(() => (upload.completing = undefined));
    return work;
  }

  /** Removes an upload and its parts. @throws {S3Error} 404 */
  async abort(id: string, bucket: string, key: string): Promise<void> {
    const upload = await this.#settled(id, bucket, key);
    this.#uploads.delete(id);
    await removeParts(upload);
  }

  async #joinAndStore<Stored>(
    upload: Upload,
    parts: readonly Part[],
    store: (joined: JoinedObject) => Promise<Stored>,
  ): Promise<Stored> {
    const bytes = await this.#files.join(parts);
    const stored = await store({ head: upload.head, bytes, eTag: eTagOf(upload.head, parts), parts });
    this.#uploads.delete(upload.uploadId);
    await removeParts(upload);
    return stored;
  }

  /** The upload, once its parts are not being joined any more. @throws {S3Error} 404 */
  async #settled(id: string, bucket: string, key: string): Promise<Upload> {
    const upload = this.#get(id, bucket, key);
    while (upload.completing !== undefined) await upload.completing;
    return this.#get(id, bucket, key);
  }

  #get(id: string, bucket: string, key: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload();
    return upload;
  }
}

async function removeParts(upload: Upload): Promise<void> {
  for (const part of upload.parts.values()) await rm(part.path, { force: true });
}

/** The parts that a client names, in the client's order. @throws {S3Error} by S3's rules for completing */
function chooseParts(
  there: ReadonlyMap<number, Part>,
  requested: readonly RequestedPart[],
  objectSizeBytes: number | undefined,
): readonly Part[] {
  if (requested.length === 0) throw malformedXml();
  if (requested.some((part, index) => index > 0 && part.partNumber <= (requested[index - 1]?.partNumber ?? 0)))
    throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  const parts = requested.map((wanted) => {
    const part = there.get(wanted.partNumber);
    if (part !== undefined && part.eTag === wanted.eTag.replaceAll('"', '')) return part;
    throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found.', {
      PartNumber: wanted.partNumber,
    });
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
  if (objectSizeBytes === undefined || objectSizeBytes === sum) return parts;
  throw new S3Error(400, 'InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the parts.');
}

function eTagOf(head: ObjectHead, parts: readonly Part[]): string {
  if (usesKms(head)) return `${randomBytes(16).toString('hex')}-${parts.length}`;
  const digest = createHash('md5');
  for (const part of parts) digest.update(Buffer.from(part.md5, 'hex'));
  return `${digest.digest('hex')}-${parts.length}`;
}

/** A part number of a request. @throws {S3Error} outside 1–10 000 */
export function parsePartNumber(text: string | null): number {
  const partNumber = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (partNumber >= 1 && partNumber <= MAX_PART_NUMBER) return partNumber;
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
