import { refuseCursor } from '@videostorage/core';
import { fromBase64Url, toBase64Url } from './base64-url.ts';

/** No cursor of this kind is longer. */
const MAX_LENGTH = 1024;

/**
 * Encodes the position after the last item of a page as opaque text: base64url of JSON. Pass only values that the page
 * has shown.
 */
export function encodeCursor(...place: readonly [string, ...string[]]): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(place)));
}

/**
 * Decodes a cursor into its `length` parts; undefined without a cursor.
 * @throws {ValidationError} not a cursor of this kind of list
 */
export function decodeCursor(cursor: string | undefined, length: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const place = parse(cursor);
  if (!Array.isArray(place) || place.length !== length || !place.every(isPart)) {
    refuseCursor();
  }
  return place;
}

/** No place contains a NUL, and a database may report one as an internal error. */
function isPart(part: unknown): part is string {
  return typeof part === 'string' && !part.includes('\0');
}

function parse(cursor: string): unknown {
  const bytes = cursor.length > MAX_LENGTH ? undefined : fromBase64Url(cursor);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    // Thrown when the text is not JSON; any other error is a defect of this code.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
