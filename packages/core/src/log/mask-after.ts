import { REDACTED } from './redacted.ts';

/** A part of a text. */
export interface Span {
  /** Index of its first character. */
  readonly start: number;
  /** Index behind its last character. */
  readonly end: number;
}

/**
 * Masks what follows each marker. `credentialBehind` finds it, given the index behind the marker; when there is none, the
 * search goes on right there, so that a marker inside what was looked at is not overlooked.
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

/** The part that a sticky pattern takes from `start` on; empty when it does not match. */
export function spanOf(pattern: RegExp, text: string, start: number): Span {
  pattern.lastIndex = start;
  return { start, end: start + (pattern.exec(text)?.[0].length ?? 0) };
}
