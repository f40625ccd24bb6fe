import { systemClock } from '@videostorage/core';
import { makeS3Client } from '../src/make-s3-client.ts';
import type {
  DeleteTarget,
  ListedObject,
  ListedUpload,
  ListedVersion,
  ListMarker,
  RefusedDelete,
} from '../src/s3-answers.ts';
import { S3Client } from '../src/s3-client.ts';
import { parseS3CloudFrontOptions } from '../src/s3-cloudfront-options.ts';

/** One page of a list. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next?: ListMarker;
}

/** An S3 whose lists are pages that a test writes, and that refuses the deletes that a test names; it records its requests. */
export class ScriptedS3 extends S3Client {
  /** Pages of versions, one for each list in turn; the last one is repeated. */
  versions: readonly Page<ListedVersion>[] = [{ items: [] }];
  /** Pages of uploads in parts, one for each list in turn; the last one is repeated. */
  uploads: readonly Page<ListedUpload>[] = [{ items: [] }];
  /** Keys of objects, in order; each was written at time 5. */
  objects: readonly string[] = [];
  /** Why a key or version is not deleted; undefined when it is. */
  refusal: (target: DeleteTarget) => string | undefined = () => undefined;
  /** Thrown by single deletes. */
  failure: Error | undefined;
  /** Markers after which lists began. */
  readonly markers: (ListMarker | undefined)[] = [];
  /** What was deleted, or refused. */
  readonly deletes: string[] = [];
  /** The largest number of simultaneous single deletes. */
  mostDeletesAtOnce = 0;
  #deletesUnderWay = 0;

  constructor() {
    const parsed = parseS3CloudFrontOptions({
      ...{ bucket: 'videos', region: 'us-east-1', endpoint: 'http://127.0.0.1:1' },
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
      referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    });
    super(makeS3Client(parsed), { bucket: 'videos', clock: systemClock });
  }

  override async listVersions(
    _prefix: string,
    after: ListMarker | undefined,
  ): Promise<{ readonly versions: readonly ListedVersion[]; readonly next?: ListMarker }> {
    const { items, next } = this.#page(this.versions, after);
    return { versions: items, ...(next !== undefined && { next }) };
  }

  override async listMultipartUploads({
    after,
  }: {
    readonly after?: ListMarker | undefined;
  }): Promise<{ readonly uploads: readonly ListedUpload[]; readonly next?: ListMarker }> {
    const { items, next } = this.#page(this.uploads, after);
    return { uploads: items, ...(next !== undefined && { next }) };
  }

  override async listObjects({
    after = '',
    limit,
  }: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly objects: readonly ListedObject[]; readonly more: boolean }> {
    const behind = this.objects.filter((key) => key > after).map((key) => ({ key, modifiedAtMs: 5 }));
    return { objects: behind.slice(0, limit), more: behind.length > limit };
  }

  override async deleteObject(target: DeleteTarget): Promise<void> {
    this.deletes.push(nameOf(target));
    if (this.failure !== undefined) throw this.failure;
    this.#deletesUnderWay += 1;
    this.mostDeletesAtOnce = Math.max(this.mostDeletesAtOnce, this.#deletesUnderWay);
    await new Promise(setImmediate);
    this.#deletesUnderWay -= 1;
  }

  override async deleteObjects(targets: readonly DeleteTarget[]): Promise<readonly RefusedDelete[]> {
    this.deletes.push(...targets.map(nameOf));
    return targets.flatMap((target) => {
      const code = this.refusal(target);
      return code === undefined ? [] : [{ ...target, code }];
    });
  }

  #page<T>(pages: readonly Page<T>[], after: ListMarker | undefined): Page<T> {
    this.markers.push(after);
    const page = pages[Math.min(this.markers.length, pages.length) - 1];
    if (page === undefined) throw new TypeError('A script has at least one page.');
    return page;
  }
}

function nameOf({ key, versionId }: DeleteTarget): string {
  return versionId === undefined ? key : `${key} ${versionId}`;
}
