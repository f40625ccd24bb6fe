import { ValidationError } from '@videostorage/core';

/** Longer ones are not ours. */
const MAX_LENGTH = 1024;

/** The place after the last item of a page, as opaque text: base64url of JSON. Holds nothing that the page did not show. */
export function encodeCursor(...place: readonly [string, ...string[]]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The place that a cursor holds; undefined without a cursor. @throws {ValidationError} not a cursor of this kind of list */
export function decodeCursor(cursor: string | undefined, length: number): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  const place = parse(cursor);
  if (!Array.isArray(place) || place.length !== length || !place.every((part) => typeof part === 'string')) {
    const message = 'The cursor is not from this list; start again without one.';
    throw new ValidationError([{ path: 'cursor', code: 'OPTION_INVALID', message }]);
  }
  return place;
}

function parse(cursor: string): unknown {
  if (cursor.length > MAX_LENGTH || !/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0))));
  } catch (error) {
    // Both say so when the text is not what they read; everything else is a fault of ours.
    if (error instanceof DOMException || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
