import type { PlaybackOptions } from '@videostorage/core';

/**
 * Options as a plain object, with those that a class gives by getters, which a spread omits: a grant for one address would be one for
 * all. Which names there are, the storage knows.
 */
export function withGetters(options: PlaybackOptions): PlaybackOptions {
  const inherited = gettersOf(Object.getPrototypeOf(options)).map((name) => [name, Reflect.get(options, name)]);
  return { ...Object.fromEntries(inherited), ...options };
}

/** Names of the getters of a prototype and those above it, but for the root, which every object has. */
function gettersOf(prototype: object | null): readonly string[] {
  const above: object | null = prototype && Object.getPrototypeOf(prototype);
  if (prototype === null || above === null) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([, { get }]) => get !== undefined);
  return [...gettersOf(above), ...own.map(([name]) => name)];
}
