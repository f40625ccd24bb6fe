/** A part of a file: from `start` up to, not including, `end`. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** The position after the last byte. */
  readonly end: number;
}

/** Any number of digits: one beyond all files is still beyond the end of this one (RFC 9110, section 14.1.1). */
const RANGE = /^bytes=(\d*)-(\d*)$/i;

/**
 * Reads a `Range` header (RFC 9110, section 14). Undefined = send everything: no range, one that is not well formed, or
 * several, which a server may answer as a whole (section 14.2). `unsatisfiable` = 416.
 */
export function parseByteRange(header: string | null, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = RANGE.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const suffixBytes = Number(last);
    if (suffixBytes === 0) return 'unsatisfiable';
    return { start: Math.max(0, sizeBytes - suffixBytes), end: sizeBytes };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}
