import type { UploadMemoryStorage } from '../uploader-options.ts';

/** An upload that this browser has begun. The ticket is not stored: the host app returns it, to its user only. */
export interface RememberedUpload {
  /** A random one for each upload; identifies it before there is a reference. */
  readonly idempotencyKey: string;
  /** Absent before the host app has issued a ticket. */
  readonly uploadReference?: string;
  /** Name of the file. */
  readonly fileName: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** Recognizes the file. */
  readonly fingerprint: string;
  /** Its context. */
  readonly contextId?: string;
  /** When it was begun, in milliseconds of this computer's clock. */
  readonly begunAtMs: number;
  /** What is left to do without the file: `confirm` when all bytes have arrived, `release` when it was cancelled. */
  readonly pending?: 'confirm' | 'release';
}

const PREFIX = 'videostorage.upload.';
/** A ticket lives for 24 hours and its reference for 24 more. */
const MAX_AGE_MS = 48 * 60 * 60 * 1000;

/**
 * Unfinished uploads in the browser's storage, each under a key of its own, so that two tabs do not overwrite each other. Where
 * nothing can be stored, or the storage throws, uploads work and only end with the page.
 */
export class RememberedUploads {
  readonly #storage: UploadMemoryStorage | undefined;
  readonly #now: () => number;

  constructor(storage: UploadMemoryStorage | undefined, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Returns all entries. Removes those that have expired, and texts that are not valid entries. */
  list(): readonly RememberedUpload[] {
    const storage = this.#storage;
    if (storage === undefined) return [];
    const allKeys = () => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
    const keys = unlessBroken(allKeys) ?? [];
    return keys
      .filter((key) => key.startsWith(PREFIX))
      .flatMap((key) => unlessBroken(() => this.#read(key, storage)) ?? []);
  }

  /** Adds it, or replaces the entry of the same key. */
  keep(upload: RememberedUpload): void {
    unlessBroken(() => this.#storage?.setItem(PREFIX + upload.idempotencyKey, JSON.stringify(upload)));
  }

  /** Removes it. */
  forget(idempotencyKey: string): void {
    unlessBroken(() => this.#storage?.removeItem(PREFIX + idempotencyKey));
  }

  #read(key: string, storage: UploadMemoryStorage): readonly RememberedUpload[] {
    const upload = parseUpload(storage.getItem(key));
    if (upload !== undefined && Math.abs(this.#now() - upload.begunAtMs) < MAX_AGE_MS) return [upload];
    storage.removeItem(key);
    return [];
  }
}

/** Full, damaged on the disk, or forbidden by the user's settings: the upload works, and starts over after a reload. */
function unlessBroken<Result>(use: () => Result): Result | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

/** The page's own `localStorage`; undefined where there is none, or reading it is forbidden. */
export function localStorageOfPage(): UploadMemoryStorage | undefined {
  try {
    const { localStorage } = globalThis;
    // Node has a `localStorage` that warns or throws without a file behind it; in a web view without storage it is null.
    return typeof document === 'undefined' ? undefined : (localStorage ?? undefined);
  } catch {
    // Blocked by the browser's settings.
    return undefined;
  }
}

function parseUpload(text: string | null): RememberedUpload | undefined {
  try {
    const value: Partial<RememberedUpload> | null = JSON.parse(text ?? 'null');
    const isUpload =
      value !== null &&
      typeof value.idempotencyKey === 'string' &&
      typeof value.fileName === 'string' &&
      Number.isFinite(value.sizeBytes) &&
      typeof value.fingerprint === 'string' &&
      Number.isFinite(value.begunAtMs);
    return isUpload ? (value as RememberedUpload) : undefined;
  } catch {
    // Another program's text under our prefix.
    return undefined;
  }
}
