import * as aws from '@aws-sdk/client-s3';
import { BackendError, type Clock } from '@videostorage/core';
import { toBackendError } from './aws-error.ts';

/** One deleted version or object. */
interface Target {
  readonly Key: string;
  readonly VersionId?: string;
}

/** 10 000 pages of 1 000 names: a video with more objects than that is not one of ours. */
const MAX_PAGES = 10_000;

/** Removes everything below one video's prefix: objects, renditions and, on a versioned bucket, all their versions. */
export class PrefixEraser {
  readonly #client: aws.S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;
  #versioned: boolean | undefined;

  /** `versioned` undefined = unknown: a delete marker in the first answer tells. */
  constructor(client: aws.S3Client, bucket: string, clock: Clock, versioned: boolean | undefined) {
    this.#client = client;
    this.#bucket = bucket;
    this.#clock = clock;
    this.#versioned = versioned;
  }

  /**
   * Removes all below a prefix; nothing there is success.
   * @throws {BackendError} also when a single key could not be removed: `DeleteObjects` answers 200 then
   */
  async deletePrefix(prefix: string, signal?: AbortSignal): Promise<void> {
    assertVideoPrefix(prefix);
    if (this.#versioned !== true) {
      const markers = await this.#deletePages((marker) => this.#listObjects(prefix, marker, signal), prefix, signal);
      if (!markers || this.#versioned === false) return;
      this.#versioned = true;
    }
    await this.#deletePages((marker) => this.#listVersions(prefix, marker, signal), prefix, signal);
  }

  /** Whether a removal left a delete marker behind, which only versioned buckets do. */
  async #deletePages(
    list: (marker: string | undefined) => Promise<{ readonly targets: readonly Target[]; readonly next?: string }>,
    prefix: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    let marker: string | undefined;
    let markers = false;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { targets, next } = await list(marker);
      if (targets.some(({ Key }) => !Key.startsWith(prefix))) return unreadable();
      if (targets.length > 0) markers = (await this.#deleteObjects(targets, signal)) || markers;
      if (next === undefined) return markers;
      if (next === marker) return unreadable();
      marker = next;
    }
    return unreadable();
  }

  async #deleteObjects(targets: readonly Target[], signal: AbortSignal | undefined): Promise<boolean> {
    const Delete = { Objects: [...targets] };
    const command = new aws.DeleteObjectsCommand({ Bucket: this.#bucket, Delete });
    const answer = await this.#send(() => this.#client.send(command, abortable(signal)), signal);
    const removed = answer.Deleted ?? [];
    const failed = answer.Errors ?? [];
    if (removed.length + failed.length !== targets.length) return unreadable();
    const [first] = failed;
    if (first !== undefined) {
      const error = { name: first.Code ?? 'Unknown', $metadata: { httpStatusCode: statusOf(first.Code) } };
      throw toBackendError('S3', error, this.#clock.now());
    }
    return removed.some((entry) => entry.DeleteMarker === true && entry.VersionId === undefined);
  }

  async #listObjects(prefix: string, marker: string | undefined, signal: AbortSignal | undefined) {
    const command = new aws.ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      ...(marker !== undefined && { StartAfter: marker }),
    });
    const answer = await this.#send(() => this.#client.send(command, abortable(signal)), signal);
    const keys = listedKeys(answer, this.#bucket);
    return {
      targets: keys.map((Key) => ({ Key })),
      ...(answer.IsTruncated === true && { next: keys.at(-1) ?? unreadable() }),
    };
  }

  async #listVersions(prefix: string, marker: string | undefined, signal: AbortSignal | undefined) {
    const { keyMarker, versionIdMarker } = marker === undefined ? {} : (JSON.parse(marker) as Record<string, string>);
    const command = new aws.ListObjectVersionsCommand({
      Bucket: this.#bucket,
      Prefix: prefix,
      ...(keyMarker !== undefined && { KeyMarker: keyMarker }),
      ...(versionIdMarker !== undefined && { VersionIdMarker: versionIdMarker }),
    });
    const answer = await this.#send(() => this.#client.send(command, abortable(signal)), signal);
    if (answer.Name !== this.#bucket) return unreadable();
    const targets = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])].map(({ Key, VersionId }) => {
      if (Key === undefined || VersionId === undefined) return unreadable();
      return { Key, VersionId };
    });
    if (answer.IsTruncated !== true) return { targets };
    const next = JSON.stringify({ keyMarker: answer.NextKeyMarker, versionIdMarker: answer.NextVersionIdMarker });
    return { targets, next };
  }

  async #send<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw signal?.aborted ? signal.reason : toBackendError('S3', error, this.#clock.now());
    }
  }
}

/** The keys of a listing. A 200 that is no listing (a proxy's page, an empty body) must not read as "nothing there". */
export function listedKeys(answer: aws.ListObjectsV2CommandOutput, bucket: string): readonly string[] {
  if (answer.Name !== bucket) return unreadable();
  return (answer.Contents ?? []).map((object) => object.Key ?? unreadable());
}

/** A prefix that holds a whole upload id and ends in a slash can never reach into another video. */
function assertVideoPrefix(prefix: string): void {
  if (/^[A-Za-z0-9_.\-/]+\/[0-9a-f]{32}\/$/.test(prefix)) return;
  throw new BackendError('BACKEND_REFUSED', 'Only the prefix of one whole video may be deleted.');
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function statusOf(code: string | undefined): number {
  return code === 'InternalError' || code === 'ServiceUnavailable' || code === 'SlowDown' ? 503 : 403;
}

function unreadable(): never {
  throw new BackendError('BACKEND_BAD_RESPONSE', 'S3 gave an answer that cannot be read.');
}
