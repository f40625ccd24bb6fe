import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { S3Error } from './s3-error.ts';
import type { ObjectHead, ObjectVersion, StoredBytes } from './stored-object.ts';

/** A bucket's objects; with versions, a delete only puts a marker on top. */
export class Bucket {
  /** Its name. */
  readonly name: string;
  /** Whether old versions are kept. */
  readonly versioned: boolean;
  readonly #versions = new Map<string, ObjectVersion[]>();

  constructor(name: string, versioned: boolean) {
    this.name = name;
    this.versioned = versioned;
  }

  /** The current version; undefined when there is none, or a marker is on top. */
  current(key: string): ObjectVersion | undefined {
    const newest = this.#versions.get(key)?.at(-1);
    return newest?.deleteMarker ? undefined : newest;
  }

  /** One version by its id. */
  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** Stores bytes under a key. @throws {S3Error} 412 when nothing may be there */
  async put(
    key: string,
    head: ObjectHead,
    bytes: StoredBytes,
    eTag: string,
    nowMs: number,
    ifNoneMatch = false,
  ): Promise<ObjectVersion> {
    if (ifNoneMatch && this.current(key) !== undefined) {
      await rm(bytes.path, { force: true });
      throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
        Condition: 'If-None-Match',
      });
    }
    const { path, sizeBytes } = bytes;
    const version = {
      key,
      versionId: this.#newVersionId(),
      deleteMarker: false,
      path,
      sizeBytes,
      eTag,
      lastModifiedMs: nowMs,
      ...head,
    };
    await this.#push(version);
    return version;
  }

  /** Deletes as S3 does: without a version id, a versioned bucket gets a marker; missing is success. */
  async delete(
    key: string,
    versionId: string | undefined,
    nowMs: number,
  ): Promise<{ readonly deleteMarker: boolean; readonly versionId?: string }> {
    const versions = this.#versions.get(key) ?? [];
    if (versionId !== undefined) {
      const removed = versions.find((version) => version.versionId === versionId);
      const kept = versions.filter((version) => version !== removed);
      if (kept.length === 0) this.#versions.delete(key);
      else this.#versions.set(key, kept);
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
      contentType: '',
      eTag: '',
      metadata: {},
      lastModifiedMs: nowMs,
    };
    await this.#push(marker);
    return { deleteMarker: true, versionId: marker.versionId };
  }

  /** Current objects in the order of their keys. */
  list(prefix: string, after: string): readonly ObjectVersion[] {
    return this.#sortedKeys(prefix, after).flatMap((key) => this.current(key) ?? []);
  }

  /** All versions and markers, by key, newest first. */
  listVersions(prefix: string): readonly { readonly version: ObjectVersion; readonly isLatest: boolean }[] {
    return this.#sortedKeys(prefix, '').flatMap((key) => {
      const versions = this.#versions.get(key) ?? [];
      return versions.map((version, index) => ({ version, isLatest: index === versions.length - 1 })).reverse();
    });
  }

  /** S3 orders keys by their UTF-8 bytes. */
  #sortedKeys(prefix: string, after: string): string[] {
    const keys = [...this.#versions.keys()].filter((key) => key.startsWith(prefix));
    const sorted = keys.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    return after === '' ? sorted : sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
  }

  async #push(version: ObjectVersion): Promise<void> {
    const versions = this.#versions.get(version.key) ?? [];
    if (this.versioned) {
      this.#versions.set(version.key, [...versions, version]);
      return;
    }
    this.#versions.set(version.key, [version]);
    for (const replaced of versions) await rm(replaced.path, { force: true });
  }

  #newVersionId(): string {
    return this.versioned ? randomBytes(16).toString('base64url') : 'null';
  }
}
