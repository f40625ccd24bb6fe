import { REDACTED } from './redacted.ts';

/** A part of a text. */
export interface Span {
  /** Index of its first character. */
  readonly start: number;
  /** Index after its last character. */
  readonly end: number;
}

/**
 * Masks the credential after each match of `marker`. `credentialBehind` gets the index after the match and returns the span
 * of the credential; without one the search continues at that index, so that no marker is skipped.
 */
export function maskAfter(
  text: string,
  marker: RegExp,
  credentialBehind: (markerEnd: number, match: RegExpExecArray) => Span | undefined,
): string {
  let result = '';
  let copiedTo = 0;
  marker.lastIndex = 0;
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const span = credentialBehind(marker.lastIndex, match);
    if (span === undefined || span.end <= span.start) continue;
    result += text.slice(copiedTo, span.start) + REDACTED;
    copiedTo = span.end;
    marker.lastIndex = span.end;
  }
  return result + text.slice(copiedTo);
}

/** The span that a sticky pattern matches at `start`; empty when it does not match. */
export function spanOf(pattern: RegExp, text: string, start: number): Span {
  pattern.lastIndex = start;
  return { start, end: start + (pattern.exec(text)?.[0].length ?? 0) };
}
