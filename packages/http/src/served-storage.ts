import type { VideoStorage } from '@videostorage/core';

/** A storage that answers browsers itself, as `LocalStorage` does with uploads and playback. */
export interface ServedStorage {
  /** What is below this path is the storage's; no slash at the end. */
  readonly basePath: string;
  /** Whether a URL is one that it answers. */
  ownsPath(url: string): boolean;
  /** Answers; never rejects. */
  fetch(request: Request): Promise<Response>;
}

/** Those of the storages that answer browsers themselves. */
export function servedStorages(storages: readonly VideoStorage[]): readonly ServedStorage[] {
  return storages.filter(isServed);
}

function isServed(storage: object): storage is VideoStorage & ServedStorage {
  const { fetch, ownsPath, basePath }: Partial<Record<keyof ServedStorage, unknown>> = storage;
  return typeof fetch === 'function' && typeof ownsPath === 'function' && typeof basePath === 'string';
}
