const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether copying a member of this name could change the prototype of an object. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN.has(key);
}
