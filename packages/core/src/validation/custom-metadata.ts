import type { CustomMetadata } from '../contract/primitives.ts';
import type { Problem } from '../contract/problem.ts';
import { fitsInUtf8 } from './canonical-text.ts';
import type { Checked } from './checked.ts';
import { isForbiddenKey } from './forbidden-keys.ts';
import { ownMember } from './own-member.ts';
import { hasLoneSurrogate } from './unsafe-characters.ts';

/** Longest custom metadata as JSON, in bytes of UTF-8. */
const MAX_CUSTOM_BYTES = 512;

const KEY = /^[a-z0-9_-]{1,64}$/;
/** The shortest entry, `"a":"",`, takes seven bytes, so more entries than these are always too long. */
const MAX_ENTRIES = Math.floor(MAX_CUSTOM_BYTES / 7);

/**
 * Validates the strings of a host app: a plain object of at most 512 bytes as JSON, keys `[a-z0-9_-]{1,64}`, values well-formed
 * text without U+0000, which PostgreSQL cannot store. The keys `__proto__`, `constructor` and `prototype` are refused. The value
 * is a new frozen object of the valid entries. It calls no getter.
 */
export function validateCustomMetadata(path: string, value: unknown): Checked<CustomMetadata> {
  const problems: Problem[] = [];
  const refuse = (message: string, at = path) => problems.push({ path: at, code: 'CUSTOM_INVALID', message });
  const custom: Record<string, string> = {};
  if (!isPlainObject(value)) {
    refuse('The additional details must be an object of short texts.');
    return { value: Object.freeze(custom), problems };
  }
  const keys = Object.keys(value);
  if (keys.some((key) => !KEY.test(key))) {
    refuse('A key of the additional details must be 1–64 of the characters a–z, 0–9, "_" and "-".');
  }
  if (keys.some(isForbiddenKey)) refuse('A key of the additional details is a name that JavaScript reserves.');
  for (const key of keys.slice(0, MAX_ENTRIES + 1)) {
    if (!KEY.test(key) || isForbiddenKey(key)) continue;
    const text = ownMember(value, key);
    if (typeof text !== 'string') refuse(`The detail "${key}" must be text.`, `${path}.${key}`);
    else if (text.length > MAX_CUSTOM_BYTES) refuse(`The detail "${key}" is too long.`, `${path}.${key}`);
    else if (hasLoneSurrogate(text)) refuse(`The detail "${key}" contains a broken character.`, `${path}.${key}`);
    else if (text.includes('\0')) refuse(`The detail "${key}" contains a null character.`, `${path}.${key}`);
    else custom[key] = text;
  }
  if (!fitsInUtf8(JSON.stringify(custom), MAX_CUSTOM_BYTES)) {
    refuse(`The additional details take more than ${MAX_CUSTOM_BYTES} bytes; please shorten them.`);
  }
  return { value: Object.freeze(custom), problems };
}

/** An object literal, a result of JSON.parse, or an object without a prototype; from any realm. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
