import type { Problem } from '../contract/problem.ts';
import { canonicalText } from './canonical-text.ts';
import type { Checked } from './checked.ts';
import { hasControlCharacter, hasLoneSurrogate } from './unsafe-characters.ts';

/** Longest id of a user, context or tenant, in bytes of UTF-8. */
const MAX_IDENTIFIER_BYTES = 128;
/** Valid and canonical already, as most ids are: a shortcut for speed. */
const PLAIN = /^[ -~]{1,128}$/;
const NO_PROBLEMS: readonly Problem[] = [];

/**
 * Validates an id of a user, context or tenant: a string of 1–128 bytes of UTF-8 without control characters. The canonical form
 * is Unicode NFC. Neither case nor compatibility forms are folded, so that different users stay different. The value is the
 * empty string when the input is not a string.
 */
export function validateIdentifier(path: string, value: unknown): Checked<string> {
  if (typeof value === 'string' && PLAIN.test(value)) return { value, problems: NO_PROBLEMS };
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path, code: 'ID_INVALID', message });
  if (typeof value !== 'string') {
    refuse(`The id "${path}" must be text.`);
    return { value: '', problems };
  }
  if (value === '') refuse(`The id "${path}" must not be empty.`);
  if (hasLoneSurrogate(value)) refuse(`The id "${path}" contains a broken character.`);
  if (hasControlCharacter(value)) refuse(`The id "${path}" must not contain control characters.`);
  const canonical = canonicalText(value, MAX_IDENTIFIER_BYTES);
  if (canonical === undefined) refuse(`The id "${path}" must be at most ${MAX_IDENTIFIER_BYTES} bytes long.`);
  return { value: canonical ?? value, problems };
}

/** An id of a user, context or tenant in canonical form, by the rule for upload requests; undefined when the value is not a valid id. */
export function canonicalId(value: unknown): string | undefined {
  const checked = validateIdentifier('id', value);
  return checked.problems.length === 0 ? checked.value : undefined;
}
