import { escapeControls } from './escape-controls.ts';

/** Longer texts are not worth the time to look through them. */
const MAX_INPUT_LENGTH = 16_384;

/**
 * The text fit for a log: scrubbed, each control character, line separator, direction control and lone surrogate as `\uXXXX`
 * (OWASP ASVS 5.0, 16.4.1), and cut to `maxLength` UTF-16 units. One of more than 16 384 units is left out whole: cut
 * before it is scrubbed, half a credential would stay.
 */
export function logText(text: string, maxLength: number, scrub: (text: string) => string): string {
  if (text.length > MAX_INPUT_LENGTH) return `[${text.length} characters left out]`;
  const safe = escapeControls(scrub(text));
  if (safe.length <= maxLength) return safe;
  const cut = safe.slice(0, maxLength - 1);
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}
