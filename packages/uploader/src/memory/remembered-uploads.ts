import type { UploadMemoryStorage } from '../uploader-options.ts';

/** An upload that this browser has begun. No ticket is kept: the host has it, and gives it to nobody else. */
export interface RememberedUpload {
  /** One for each file that was chosen; names the upload before there is a reference. */
  readonly idempotencyKey: string;
  /** Absent until the host has answered. */
  readonly uploadReference?: string;
  /** Name of the file. */
  readonly fileName: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Recognises the file. */
  readonly fingerprint: string;
  /** What it belongs to. */
  readonly contextId?: string;
  /** When it was begun, by this computer's clock. */
  readonly begunAtMs: number;
  /** What is still to be done without the file: `confirm` when all has arrived, `release` when it was given up. */
  readonly pending?: 'confirm' | 'release';
}

const PREFIX = 'videostorage.upload.';
/** A ticket lives 24 hours and its reference 24 more: then nothing can go on. */
const MAX_AGE_MS = 48 * 60 * 60 * 1000;

/**
 * Uploads that go on at another visit, one key each, so that two tabs do not overwrite one another. A browser that keeps nothing
 * loses that comfort alone: uploads work all the same.
 */
export class RememberedUploads {
  readonly #storage: UploadMemoryStorage | undefined;
  readonly #now: () => number;

  constructor(storage: UploadMemoryStorage | undefined, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** All of them; what is too old, or another program's text, is removed. */
  list(): readonly RememberedUpload[] {
    const storage = this.#storage;
    if (storage === undefined) return [];
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
    return keys
      .filter((key) => key.startsWith(PREFIX))
      .flatMap((key) => {
        const upload = parseUpload(storage.getItem(key));
        const isUsable = upload !== undefined && Math.abs(this.#now() - upload.begunAtMs) < MAX_AGE_MS;
        if (!isUsable) storage.removeItem(key);
        return isUsable ? [upload] : [];
      });
  }

  /** Keeps it, or what is new of it. */
  keep(upload: RememberedUpload): void {
    try {
      this.#storage?.setItem(PREFIX + upload.idempotencyKey, JSON.stringify(upload));
    } catch {
      // Full, or forbidden by the person: the upload works, and begins anew after a reload.
    }
  }

  /** It is over. */
  forget(idempotencyKey: string): void {
    this.#storage?.removeItem(PREFIX + idempotencyKey);
  }
}

/** The page's own `localStorage`; undefined where there is none, or reading it is forbidden. */
export function localStorageOfPage(): UploadMemoryStorage | undefined {
  try {
    const { localStorage } = globalThis;
    // Node has one that warns or throws without a file behind it.
    return typeof document === 'undefined' ? undefined : localStorage;
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
      typeof value.fingerprint === 'string' &&
      Number.isFinite(value.begunAtMs);
    return isUpload ? (value as RememberedUpload) : undefined;
  } catch {
    // Another program's text under our name.
    return undefined;
  }
}
