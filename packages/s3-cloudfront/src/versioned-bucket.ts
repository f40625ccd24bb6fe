import { BackendError } from '@videostorage/core';
import { AwsError, toDeleteError, unreadable } from './aws-error.ts';
import type { DeleteTarget, ListedVersion, ListMarker, RefusedDelete } from './s3-answers.ts';
import type { S3Client } from './s3-client.ts';
import { namingLack } from './store-abilities.ts';

/** Keys that may be hidden: those below one whole video id, also the marker of that folder, which some tools write. */
const VIDEO_KEY = /^(?:[A-Za-z0-9_.-]+\/)*videos\/[0-9a-f]{32}\//;
/** A bound for the loop: a million versions of one video. */
const MAX_PAGES = 1000;
/** Concurrent deletes on a store that accepts only single ones. */
const AT_ONCE = 16;

/** Hides keys and frees the old versions behind them, where the bucket keeps versions. */
export class VersionedBucket {
  readonly #s3: S3Client;
  readonly #versioned: boolean | undefined;
  readonly #deletesMany: boolean;

  /** `versioned` undefined: unknown, so versions are listed. `deletesMany` false: keys are deleted one by one. */
  constructor(s3: S3Client, versioned: boolean | undefined, deletesMany = true) {
    this.#s3 = s3;
    this.#versioned = versioned;
    this.#deletesMany = deletesMany;
  }

  /** Deletes the keys without naming a version, so that a delete marker hides what the bucket keeps. @throws {BackendError} a key could not be hidden */
  async hide(keys: readonly string[], signal: AbortSignal): Promise<void> {
    if (keys.some((key) => !VIDEO_KEY.test(key))) {
      throw new BackendError('BACKEND_REFUSED', 'Only keys below one whole video may be hidden.');
    }
    const refused = await this.#delete(
      keys.map((key) => ({ key })),
      signal,
    );
    const [first] = refused.filter(({ code }) => code !== 'NoSuchKey');
    if (first !== undefined) throw toDeleteError(first.code);
  }

  /**
   * Frees old versions below a prefix, at most one page a call. Delete markers go last, and only where no version remains behind
   * them: without its marker, a version that may not be removed would be visible again.
   */
  async free(prefix: string, signal: AbortSignal): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    if (this.#versioned === false) return { more: false, retained: false };
    let after: ListMarker | undefined;
    let retained = false;
    let markers: ListedVersion[] = [];
    const kept = new Set<string>();
    for (let page = 0; page < MAX_PAGES; page++) {
      const listed = await this.#list(prefix, after, signal);
      const old = listed.versions.filter(({ isLatest, isMarker }) => !isLatest && !isMarker);
      for (const { key, isMarker } of listed.versions) if (!isMarker) kept.add(key);
      markers.push(...listed.versions.filter(({ isMarker }) => isMarker));
      const refused = await this.#delete(old, signal);
      const [unexpected] = refused.filter(({ code }) => code !== 'AccessDenied' && !isGone(code));
      if (unexpected !== undefined) throw toDeleteError(unexpected.code);
      const locked = refused.filter(({ code }) => code === 'AccessDenied');
      retained ||= locked.length > 0;
      // The removals have shortened the list, so the next call reads it from the start.
      if (old.length > locked.length) return { more: true, retained: false };
      if (listed.next === undefined) {
        markers = markers.filter(({ key }) => !kept.has(key));
        return this.#freeMarkers(markers, retained, signal);
      }
      after = listed.next;
    }
    return unreadable();
  }

  async #freeMarkers(
    markers: readonly ListedVersion[],
    retained: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    const some = markers.slice(0, 1000);
    const [refused] = (await this.#delete(some, signal)).filter(({ code }) => !isGone(code));
    if (refused !== undefined) throw toDeleteError(refused.code);
    return { more: markers.length > some.length, retained };
  }

  async #list(prefix: string, after: ListMarker | undefined, signal: AbortSignal) {
    try {
      return await this.#s3.listVersions(prefix, after, signal);
    } catch (error) {
      // A store that does not implement versions has none.
      if (this.#versioned === undefined && error instanceof AwsError && error.status === 501) return { versions: [] };
      throw error;
    }
  }

  /** One request for all; single deletes for one target, and on a store that does not accept more. */
  async #delete(targets: readonly DeleteTarget[], signal: AbortSignal): Promise<readonly RefusedDelete[]> {
    if (targets.length > 1 && this.#deletesMany) {
      try {
        return await this.#s3.deleteObjects(targets, signal);
      } catch (error) {
        throw namingLack('deleteChecksums', error);
      }
    }
    const refused: RefusedDelete[] = [];
    for (let first = 0; first < targets.length; first += AT_ONCE) {
      const some = targets.slice(first, first + AT_ONCE).map((target) => this.#deleteOne(target, signal));
      refused.push(...(await Promise.all(some)).filter((one) => one !== undefined));
    }
    return refused;
  }

  async #deleteOne({ key, versionId }: DeleteTarget, signal: AbortSignal): Promise<RefusedDelete | undefined> {
    const target = { key, ...(versionId !== undefined && { versionId }) };
    try {
      await this.#s3.deleteObject(target, signal);
      return undefined;
    } catch (error) {
      // Other errors are not about this key.
      if (error instanceof AwsError && error.providerCode === 'AccessDenied')
        return { ...target, code: 'AccessDenied' };
      throw error;
    }
  }
}

function isGone(code: string): boolean {
  return code === 'NoSuchKey' || code === 'NoSuchVersion';
}
