import { escapeControls } from './escape-controls.ts';

/** Longer texts are not scrubbed, which would take too long, but omitted. */
const MAX_INPUT_LENGTH = 16_384;

/**
 * Makes a text safe to log: scrubs it, escapes control characters, line separators, direction controls and lone surrogates as
 * `\uXXXX` (OWASP ASVS 5.0, 16.4.1), and cuts it to `maxLength` UTF-16 units. A text of more than 16 384 units is omitted as
 * a whole: cutting it before it is scrubbed could leave half a credential.
 */
export function logText(text: string, maxLength: number, scrub: (text: string) => string): string {
  if (text.length > MAX_INPUT_LENGTH) return `[${text.length} characters left out]`;
  const safe = escapeControls(scrub(text));
  if (safe.length <= maxLength) return safe;
  const cut = safe.slice(0, maxLength - 1);
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}
