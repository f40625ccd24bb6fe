import { isForbiddenKey } from '@videostorage/core';
import { Refusal } from './refusal.ts';

const MAX_DEPTH = 20;
const MAX_KEYS = 100;
/** Items of lists do not count as keys: this limit bounds the time of the check, that on the body their size. */
const MAX_VALUES = 10_000;

/**
 * Refuses a value that is nested too deeply, has too many members, or a key that names a prototype, before other code walks
 * through it. Not recursive, so depth cannot overflow the stack.
 * @throws {Refusal} `BODY_INVALID`
 */
export function checkShape(value: unknown): void {
  let level: readonly unknown[] = [value];
  let keys = 0;
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new Refusal('BODY_INVALID');
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      const members = Object.keys(item);
      if (!Array.isArray(item)) {
        keys += members.length;
        if (keys > MAX_KEYS || members.some(isForbiddenKey)) throw new Refusal('BODY_INVALID');
      }
      values += members.length;
      if (values > MAX_VALUES) throw new Refusal('BODY_INVALID');
      for (const member of Object.values(item)) next.push(member);
    }
    level = next;
  }
}
