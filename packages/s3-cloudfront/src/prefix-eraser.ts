import * as aws from '@aws-sdk/client-s3';
import { BackendError, type Clock } from '@videostorage/core';
import { abortable } from './abortable.ts';
import { AwsError, toBackendError, unreadable } from './aws-error.ts';
import type { S3Client } from './s3-client.ts';

/** One deleted version or object. */
interface Target {
  readonly Key: string;
  readonly VersionId?: string;
}

/** What a walk over a prefix has done. */
interface Erased {
  /** How many objects or versions were there. */
  readonly count: number;
  /** A delete marker was put in the place of one, which only versioned buckets do. */
  readonly marked: boolean;
}

/** 10 000 pages of 1 000 names: a video with more objects than that is not one of ours. */
const MAX_PAGES = 10_000;

/** Removes everything below one video's prefix: objects, renditions and, on a versioned bucket, all their versions. */
export class PrefixEraser {
  readonly #s3: S3Client;
  readonly #client: aws.S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;
  #versioned: boolean | undefined;

  /** `versioned` undefined = unknown: found out by what the bucket answers. */
  constructor(s3: S3Client, client: aws.S3Client, bucket: string, clock: Clock, versioned: boolean | undefined) {
    this.#s3 = s3;
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
      const { count, marked } = await this.#erase(
        (marker) => this.#listObjects(prefix, marker, signal),
        prefix,
        signal,
      );
      // What was removed without a marker is gone. Where nothing was, an earlier delete may have left versions behind.
      if (this.#versioned === false || (count > 0 && !marked)) return;
      if (marked) this.#versioned = true;
    }
    try {
      await this.#erase((marker) => this.#listVersions(prefix, marker, signal), prefix, signal);
    } catch (error) {
      // A store that knows no versions has kept none.
      if (this.#versioned !== undefined || !(error instanceof AwsError) || error.status !== 501) throw error;
    }
  }

  async #erase(
    list: (marker: string | undefined) => Promise<{ readonly targets: readonly Target[]; readonly next?: string }>,
    prefix: string,
    signal: AbortSignal | undefined,
  ): Promise<Erased> {
    let marker: string | undefined;
    let count = 0;
    let marked = false;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { targets, next } = await list(marker);
      if (targets.some(({ Key }) => !Key.startsWith(prefix))) return unreadable();
      if (targets.length > 0) marked = (await this.#deleteTargets(targets, signal)) || marked;
      count += targets.length;
      if (next === undefined) return { count, marked };
      if (next === marker) return unreadable();
      marker = next;
    }
    return unreadable();
  }

  /** Whether a delete marker was left behind. */
  async #deleteTargets(targets: readonly Target[], signal: AbortSignal | undefined): Promise<boolean> {
    const [only] = targets;
    // Most videos are one object, and this call has no checksum that an S3-compatible store could not know.
    if (only !== undefined && targets.length === 1) {
      return (await this.#s3.deleteObject(only.Key, only.VersionId, signal)).marked;
    }
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

function statusOf(code: string | undefined): number {
  return code === 'InternalError' || code === 'ServiceUnavailable' || code === 'SlowDown' ? 503 : 403;
}
