import type { VideoStorage } from '@videostorage/core';

/** A storage that answers browsers itself, as `LocalStorage` does with uploads and playback. */
export interface ServedStorage {
  /** URLs below this path belong to the storage; no slash at the end. */
  readonly basePath: string;
  /** Whether it answers this URL. */
  ownsPath(url: string): boolean;
  /** Answers a request; never rejects. */
  fetch(request: Request): Promise<Response>;
}

/** The storages that answer browsers themselves. */
export function servedStorages(storages: readonly VideoStorage[]): readonly ServedStorage[] {
  return storages.filter(isServed);
}

function isServed(storage: object): storage is VideoStorage & ServedStorage {
  const { fetch, ownsPath, basePath }: Partial<Record<keyof ServedStorage, unknown>> = storage;
  return typeof fetch === 'function' && typeof ownsPath === 'function' && typeof basePath === 'string';
}
