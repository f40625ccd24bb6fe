const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key would reach into an object's prototype when somebody copies it carelessly. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN.has(key);
}
