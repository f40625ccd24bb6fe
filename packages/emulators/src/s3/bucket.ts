import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { noSuchKey, preconditionFailed, S3Error } from './s3-error.ts';
import type { ObjectHead, ObjectVersion, StoredBytes } from './stored-object.ts';

/** Conditions on the current object for a write (`If-None-Match: *`, `If-Match: <ETag>`). */
export interface WriteConditions {
  readonly mustBeAbsent?: boolean | undefined;
  /** Compared unchanged; `*` is any ETag. */
  readonly currentETag?: string | undefined;
}

const DAY_MS = 86_400_000;

/** A bucket's objects; with versions, a delete only adds a marker as the newest version. */
export class Bucket {
  /** Its name. */
  readonly name: string;
  /** Whether old versions are kept. */
  readonly versioned: boolean;
  readonly #versions = new Map<string, readonly ObjectVersion[]>();
  readonly #retentionMs: number | undefined;
  #writes = 0;

  /** `retentionDays`: how long Object Lock keeps each new version; undefined without Object Lock. */
  constructor(name: string, versioned: boolean, retentionDays?: number) {
    this.name = name;
    this.versioned = versioned;
    this.#retentionMs = retentionDays === undefined ? undefined : retentionDays * DAY_MS;
  }

  /** Whether Object Lock keeps each new version for a time. */
  get locks(): boolean {
    return this.#retentionMs !== undefined;
  }

  /** The current version; undefined when there is none, or the newest is a marker. */
  current(key: string): ObjectVersion | undefined {
    const newest = this.newest(key);
    return newest?.deleteMarker ? undefined : newest;
  }

  /** The newest version or marker. */
  newest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.at(-1);
  }

  /** One version by its id. */
  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** @throws {S3Error} 412 when the conditions do not hold, 404 when there is nothing to match */
  refuseUnmet(key: string, { mustBeAbsent, currentETag }: WriteConditions): void {
    const current = this.current(key);
    if (mustBeAbsent === true && current !== undefined) throw preconditionFailed('If-None-Match');
    if (currentETag === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (currentETag !== '*' && current.eTag !== currentETag) throw preconditionFailed('If-Match');
  }

  /** Stores bytes under a key; the file of refused bytes is removed. @throws {S3Error} as `refuseUnmet` */
  async put(
    key: string,
    head: ObjectHead,
    bytes: StoredBytes,
    eTag: string,
    nowMs: number,
    conditions: WriteConditions = {},
  ): Promise<ObjectVersion> {
    try {
      this.refuseUnmet(key, conditions);
    } catch (error) {
      await rm(bytes.path, { force: true });
      throw error;
    }
    const version: ObjectVersion = {
      ...head,
      ...bytes,
      key,
      versionId: this.#newVersionId(),
      deleteMarker: false,
      eTag,
      lastModifiedMs: nowMs,
      ...(this.#retentionMs !== undefined && { retainUntilMs: nowMs + this.#retentionMs }),
    };
    await this.#push(version);
    return version;
  }

  /**
   * Deletes as S3 does: without a version id, a versioned bucket gets a marker; deleting a missing key succeeds.
   * @throws {S3Error} 403 when Object Lock keeps the version
   */
  async delete(
    key: string,
    versionId: string | undefined,
    nowMs: number,
  ): Promise<{ readonly deleteMarker: boolean; readonly versionId?: string }> {
    const versions = this.#versions.get(key) ?? [];
    if (versionId !== undefined) {
      const removed = versions.find((version) => version.versionId === versionId);
      if (removed?.retainUntilMs !== undefined && removed.retainUntilMs > nowMs)
        throw new S3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
      this.#keep(
        key,
        versions.filter((version) => version !== removed),
      );
      if (removed !== undefined) await rm(removed.path, { force: true });
      return { deleteMarker: removed?.deleteMarker === true, versionId };
    }
    if (!this.versioned) {
      this.#versions.delete(key);
      for (const version of versions) await rm(version.path, { force: true });
      return { deleteMarker: false };
    }
    const marker: ObjectVersion = {
      key,
      versionId: this.#newVersionId(),
      deleteMarker: true,
      path: '',
      sizeBytes: 0,
      headers: {},
      md5: '',
      eTag: '',
      metadata: {},
      storageClass: 'STANDARD',
      encryption: {},
      lastModifiedMs: nowMs,
    };
    await this.#push(marker);
    return { deleteMarker: true, versionId: marker.versionId };
  }

  /** Current objects in the order of their keys. */
  list(prefix: string): readonly ObjectVersion[] {
    return this.#sortedKeys(prefix).flatMap((key) => this.current(key) ?? []);
  }

  /** All versions and markers, by key, newest first; in this order the version ids of one key descend. */
  listVersions(prefix: string): readonly { readonly version: ObjectVersion; readonly isLatest: boolean }[] {
    return this.#sortedKeys(prefix).flatMap((key) => {
      const versions = this.#versions.get(key) ?? [];
      return versions.map((version, index) => ({ version, isLatest: index === versions.length - 1 })).reverse();
    });
  }

  #sortedKeys(prefix: string): string[] {
    return [...this.#versions.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
  }

  async #push(version: ObjectVersion): Promise<void> {
    const versions = this.#versions.get(version.key) ?? [];
    this.#keep(version.key, this.versioned ? [...versions, version] : [version]);
    if (this.versioned) return;
    for (const replaced of versions) await rm(replaced.path, { force: true });
  }

  #keep(key: string, versions: readonly ObjectVersion[]): void {
    if (versions.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, versions);
  }

  /** Version ids ascend, so that a list can continue even when the version at its marker is gone. */
  #newVersionId(): string {
    if (!this.versioned) return 'null';
    this.#writes += 1;
    return `${this.#writes.toString(16).padStart(12, '0')}${randomBytes(10).toString('hex')}`;
  }
}

/** S3 orders keys by their UTF-8 bytes. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
