import type { BaseStorageOptions } from '@videostorage/core';

/**
 * Adds these secrets to options that have none. A copy would lose getters and inherited members of a class, so those are read
 * from the host app's own object. Only its own names are listed, so that a misspelt one is refused.
 */
export function withReferenceSecrets<Options extends Partial<BaseStorageOptions>>(
  options: Options,
  secrets: BaseStorageOptions['referenceSecrets'],
): Options & Pick<BaseStorageOptions, 'referenceSecrets'> {
  const completed = { ...options, referenceSecrets: options.referenceSecrets ?? secrets };
  for (let owner: object | null = options; owner !== null; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (name in completed) continue;
      Object.defineProperty(completed, name, { get: () => Reflect.get(options, name) });
    }
  }
  return completed;
}
