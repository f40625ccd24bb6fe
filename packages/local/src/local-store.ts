import { basename, dirname, join, sep } from 'node:path';
import { BackendError, isRandomId, type Secret, toTimestamp } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import {
  type CreatedUpload,
  type DeclaredUpload,
  type KeyPage,
  type KeyPageRequest,
  type Leftover,
  type LeftoverPage,
  type NewUpload,
  type ObjectStore,
  type Source,
  sourceKey,
  UPLOADS_PREFIX,
  type UploadHandle,
  uploadIdOfKey,
  uploadKey,
  videoKey,
  videoPrefix,
} from '@videostorage/object-storage';
import type { Disk } from './disk.ts';
import type { DocumentFiles } from './document-files.ts';
import { isExisting, isMissing, withFileErrors } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { FileReader } from './file-reader.ts';
import { requireFolder } from './require-folder.ts';
import { nameSentFile, parseSentFile } from './sent-file.ts';
import type { SignedUrls } from './signed-urls.ts';
import { FOLDER_MODE, type StoreFolders } from './store-folders.ts';
import type { UploadLocks } from './upload-locks.ts';

/** No limit: a proxy in front may set one. */
const MAX_CHUNK_BYTES = Number.MAX_SAFE_INTEGER;

/** The parts of the dialect. */
export interface LocalStoreParts {
  /** The computer's files. */
  readonly files: FileFunctions;
  /** Durable sequences of them. */
  readonly disk: Disk;
  /** Where everything is kept. */
  readonly folders: StoreFolders;
  /** Claims and records. */
  readonly documents: DocumentFiles;
  /** Exclude senders. */
  readonly locks: UploadLocks;
  /** Sign upload URLs. */
  readonly urls: SignedUrls;
  /** The first names the owner of a sent file. */
  readonly secrets: readonly Secret[];
}

/** A folder as an object store: tus uploads, hard links as snapshots, no versions, no edge. */
export class LocalStore implements ObjectStore {
  readonly #parts: LocalStoreParts;

  constructor(parts: LocalStoreParts) {
    this.#parts = parts;
  }

  /** @inheritDoc */
  createUpload(upload: NewUpload, signal: AbortSignal): Promise<CreatedUpload> {
    return this.#run(signal, async () => {
      const { disk, documents, folders, urls, secrets } = this.#parts;
      const name = nameSentFile(upload, secrets);
      await documents.keepRoom(uploadKey(upload.uploadId));
      await disk.touch(join(folders.uploads, name));
      const expiresAtMs = upload.expiresAtMs('tus');
      return {
        protocol: 'tus',
        url: await urls.uploadUrl(name, expiresAtMs),
        chunk: { minBytes: 1, maxBytes: MAX_CHUNK_BYTES, multipleOf: 1 },
        expiresAt: toTimestamp(expiresAtMs),
        state: name,
      };
    });
  }

  /** @inheritDoc */
  takeSource(upload: DeclaredUpload, attempt: string, signal: AbortSignal): Promise<Source | undefined> {
    return this.#run(signal, async () => {
      const { disk, files, folders, locks } = this.#parts;
      const sent = this.#sentPath(upload);
      const target = folders.path(sourceKey(upload.uploadId, attempt));
      // A confirm that comes while bytes still arrive does not disturb their sender.
      if (!(await this.#isWhole(sent, upload))) return undefined;
      if (sent === undefined) return undefined;
      const lock = await locks.acquire(basename(sent), { signal });
      try {
        if (!(await this.#isWhole(sent, upload))) return undefined;
        await disk.sync(sent);
        await disk.linkOrCopy(sent, target, folders.draft(sourceKey(upload.uploadId, attempt)));
        await disk.syncFolder(folders.uploads);
        signal.throwIfAborted();
        return { kind: 'copy', id: attempt };
      } catch (error) {
        // On a slow disk the link may be made after its caller gave up: then no claim will name this source.
        if (signal.aborted) await disk.remove(target);
        if (!isMissing(error)) throw error;
        // Discarded in between.
        await requireFolder(files, folders.uploads);
        return undefined;
      } finally {
        await lock.release();
      }
    });
  }

  /** @inheritDoc */
  openSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<RangeReader | undefined> {
    const placed = this.#parts.folders.path(videoKey(upload.videoId));
    return this.#run(signal, () => this.#open(this.#sourcePath(upload, source), placed));
  }

  /** @inheritDoc */
  placeSource(upload: DeclaredUpload, source: Source, signal: AbortSignal): Promise<boolean> {
    return this.#run(signal, async () => {
      const { disk, files, folders } = this.#parts;
      const from = this.#sourcePath(upload, source);
      const to = folders.path(videoKey(upload.videoId));
      if ((await disk.facts(from)) === undefined) return (await this.#find(to)) !== undefined;
      const draft = folders.draft(sourceKey(upload.uploadId, source.id));
      const spare = folders.draft(sourceKey(upload.uploadId, source.id));
      try {
        await disk.linkOrCopy(from, draft, spare);
        // A copy takes time: meanwhile another attempt may have placed the bytes, and a delete may have removed them.
        signal.throwIfAborted();
        await this.#moveInto(draft, to);
        await disk.syncFolder(dirname(to));
        await disk.syncFolder(folders.videos);
        return true;
      } catch (error) {
        if (!isMissing(error)) throw error;
        await requireFolder(files, folders.videos);
        return (await this.#find(to)) !== undefined;
      } finally {
        // The rename of a second name of the same file does nothing, and both stay (POSIX).
        await disk.remove(draft);
      }
    });
  }

  /** @inheritDoc */
  openVideo(videoId: string, signal: AbortSignal): Promise<RangeReader | undefined> {
    return this.#run(signal, () => this.#open(this.#parts.folders.path(videoKey(videoId))));
  }

  /** @inheritDoc */
  discardSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<void> {
    return this.#run(signal, () => this.#parts.disk.remove(this.#sourcePath(upload, source)));
  }

  /** @inheritDoc */
  discardUpload(upload: UploadHandle, signal: AbortSignal): Promise<void> {
    return this.#run(signal, async () => {
      const { disk, files, folders } = this.#parts;
      const known = this.#sentPath(upload);
      if (known !== undefined) return disk.remove(known);
      const sent = (await files.readdir(folders.uploads)).filter(
        (name) => parseSentFile(name)?.uploadId === upload.uploadId,
      );
      for (const name of sent) await disk.remove(join(folders.uploads, name));
    });
  }

  /** @inheritDoc */
  createDocument(key: string, text: string, signal: AbortSignal): Promise<boolean> {
    return this.#run(signal, () => this.#parts.documents.create(key, text));
  }

  /** @inheritDoc */
  readDocument(key: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#run(signal, () => this.#parts.documents.read(key));
  }

  /** @inheritDoc */
  writeDocument(key: string, text: string, signal: AbortSignal): Promise<void> {
    return this.#run(signal, () => this.#parts.documents.write(key, text));
  }

  /** @inheritDoc */
  removeDocument(key: string, signal: AbortSignal): Promise<void> {
    return this.#run(signal, () => this.#parts.documents.remove(key));
  }

  /** @inheritDoc */
  listDocuments(prefix: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    return this.#run(signal, () => this.#parts.documents.list(prefix, page));
  }

  /** @inheritDoc */
  listVideoKeys(videoId: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    return this.#run(signal, async () => {
      const { disk, files, folders } = this.#parts;
      const prefix = videoPrefix(videoId);
      const { after = '', limit } = page;
      const root = folders.path(prefix);
      const entries = await files.readdir(root, { recursive: true, withFileTypes: true }).catch(async (error) => {
        if (!isMissing(error)) throw error;
        await requireFolder(files, folders.videos);
        return [];
      });
      const keys = entries
        .filter((entry) => !entry.isDirectory())
        .map(
          ({ parentPath, name }) =>
            `${prefix}${join(parentPath, name)
              .slice(root.length + 1)
              .split(sep)
              .join('/')}`,
        )
        .filter((key) => key > after)
        .sort();
      const found = await Promise.all(
        keys.slice(0, limit).map(async (key) => {
          const facts = await disk.facts(folders.found(key));
          return { key, modifiedAtMs: facts?.modifiedAtMs ?? 0, ...(facts && { sizeBytes: facts.sizeBytes }) };
        }),
      );
      return { keys: found, more: keys.length > limit };
    });
  }

  /** @inheritDoc */
  hideKeys(keys: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#run(signal, async () => {
      const { disk, files, folders } = this.#parts;
      const failures: unknown[] = [];
      const emptied = new Set<string>();
      for (const path of keys.map((key) => folders.found(key))) {
        await disk.remove(path).catch((error: unknown) => failures.push(error));
        for (let folder = dirname(path); folder.length > folders.videos.length; folder = dirname(folder))
          emptied.add(folder);
      }
      // Inner folders first; what is not empty stays.
      for (const folder of [...emptied].sort().reverse()) await this.#removeEmpty(files, folder);
      await disk.syncFolder(folders.videos);
      if (failures.length > 0) throw failures[0];
    });
  }

  /** @inheritDoc */
  freeVersions(videoId: string, signal: AbortSignal): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    return this.#run(signal, async () => {
      const { files, folders } = this.#parts;
      // There are no versions to free, but an interrupted delete that hid the last key may have left the folder of the video.
      await this.#removeEmpty(files, folders.path(videoPrefix(videoId)));
      return { more: false, retained: false };
    });
  }

  /** @inheritDoc */
  listLeftovers(
    page: { readonly cursor?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<LeftoverPage> {
    return this.#run(signal, async () => {
      const { files, folders } = this.#parts;
      const { cursor = '', limit } = page;
      const names = (await files.readdir(folders.uploads)).filter((name) => name > cursor).sort();
      const found: Leftover[] = [];
      for (const [index, name] of names.entries()) {
        const uploadId = uploadIdOfKey(`${UPLOADS_PREFIX}${name}`);
        const leftover = uploadId === undefined ? undefined : await this.#leftover(name, uploadId);
        if (leftover !== undefined) found.push(leftover);
        if (found.length === limit && index < names.length - 1) return { leftovers: found, cursor: name };
      }
      return { leftovers: found };
    });
  }

  /** @inheritDoc */
  removeLeftover({ id, uploadId, modifiedAtMs }: Leftover, signal: AbortSignal): Promise<void> {
    return this.#run(signal, async () => {
      const { disk, files, folders, locks } = this.#parts;
      const path = folders.found(`${UPLOADS_PREFIX}${id}`);
      if (parseSentFile(id) === undefined) return disk.remove(path);
      const lock = await locks.tryAcquire(id);
      // It is being sent to, so it is not a leftover.
      if (lock === undefined) return;
      try {
        const aside = folders.draft(`${UPLOADS_PREFIX}${uploadId}`);
        await files.rename(path, aside);
        // A new ticket for the same upload has touched it since it was listed.
        const isUsed = ((await disk.facts(aside))?.modifiedAtMs ?? 0) > modifiedAtMs;
        if (isUsed) await disk.linkOrCopy(aside, path, folders.draft(`${UPLOADS_PREFIX}${uploadId}`));
        await disk.remove(aside);
      } catch (error) {
        if (!isMissing(error)) throw error;
      } finally {
        await lock.release();
      }
    });
  }

  async #leftover(name: string, uploadId: string): Promise<Leftover | undefined> {
    const { files, folders } = this.#parts;
    try {
      const found = await files.lstat(join(folders.uploads, name));
      const size = found.isFile() ? { sizeBytes: found.size } : {};
      return { id: name, uploadId, modifiedAtMs: found.mtimeMs, ...size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #moveInto(draft: string, to: string): Promise<void> {
    const { files } = this.#parts;
    for (let attempt = 0; ; attempt++) {
      await files.mkdir(dirname(to), { mode: FOLDER_MODE }).catch((error: unknown) => {
        if (!isExisting(error)) throw error;
      });
      try {
        await files.rename(draft, to);
        return;
      } catch (error) {
        // A delete removed the empty folder in between.
        if (!isMissing(error) || attempt >= 3) throw error;
      }
    }
  }

  async #removeEmpty(files: FileFunctions, folder: string): Promise<void> {
    try {
      await files.rmdir(folder);
    } catch (error) {
      if (!isMissing(error) && !isExisting(error)) throw error;
    }
  }

  async #isWhole(path: string | undefined, { sizeBytes }: DeclaredUpload): Promise<boolean> {
    return path !== undefined && (await this.#find(path)) === sizeBytes;
  }

  async #open(...paths: [string, ...string[]]): Promise<RangeReader | undefined> {
    const [path] = paths;
    const size = await this.#find(path);
    return size === undefined ? undefined : new FileReader(this.#parts.files, paths, size);
  }

  /** Size of a file; undefined only when it certainly does not exist. */
  async #find(path: string): Promise<number | undefined> {
    const { disk, files, folders } = this.#parts;
    const facts = await disk.facts(path);
    const root = path.startsWith(folders.videos) ? folders.videos : folders.uploads;
    if (facts === undefined) await requireFolder(files, root);
    return facts?.sizeBytes;
  }

  #sentPath({ uploadId, state }: UploadHandle): string | undefined {
    const sent = state === undefined ? undefined : parseSentFile(state);
    return sent?.uploadId === uploadId ? join(this.#parts.folders.uploads, sent.name) : undefined;
  }

  #sourcePath({ uploadId }: UploadHandle, { id }: Source): string {
    if (!isRandomId(id)) throw new BackendError('BACKEND_BAD_RESPONSE', 'A claim names no source of this storage.');
    return this.#parts.folders.path(sourceKey(uploadId, id));
  }

  #run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return withFileErrors(async () => {
      signal.throwIfAborted();
      return work();
    });
  }
}
