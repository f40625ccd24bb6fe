import { canonicalText, utf8ByteLength } from './canonical-text.ts';
import { withoutExecutableExtensions } from './executable-extension.ts';
import { fileExtension } from './file-extension.ts';
import { withoutUnsafeCharacters } from './unsafe-characters.ts';
import { isWindowsDeviceName } from './windows-device-name.ts';

/** Longest display name in bytes of UTF-8: the limit of common file systems. */
export const MAX_FILE_NAME_BYTES = 255;

const NAMELESS = 'video';
const EDGE_CHARACTER = /[\s.]/;

/**
 * Turns any string into a display name that `validateFileName` accepts, changing as little as possible: NFC, at most 255
 * bytes of UTF-8 with the extension kept, no control or bidirectional characters, `_` for path separators and for the dot
 * of a program's extension, no dot or space at either end. A safe name stays unchanged. A name without visible characters
 * becomes `video`.
 */
export function sanitizeFileName(fileName: string): string {
  const safe = trimEdges(withoutUnsafeCharacters(fileName).replace(/[/\\]/g, '_'));
  // Cut before it is normalized (see canonicalText), then cut by bytes.
  const bounded = shorten(safe, (stem, room) => headOfUnits(stem, 2 * room), safe.length > 2 * MAX_FILE_NAME_BYTES);
  const named = withoutDeviceName(bounded.normalize('NFC') || NAMELESS);
  const tooLong = canonicalText(named, MAX_FILE_NAME_BYTES) === undefined;
  // Cutting may expose a device name that was followed by many spaces. The extension of a program is masked last, in place.
  return withoutExecutableExtensions(withoutDeviceName(shorten(named, headOfBytes, tooLong)));
}

/** Whether a name has no visible characters but dots. */
export function isNameless(fileName: string): boolean {
  return trimEdges(withoutUnsafeCharacters(fileName)) === '';
}

/** Cuts the stem so that it fits with its extension. */
function shorten(name: string, cut: (stem: string, room: number) => string, tooLong: boolean): string {
  if (!tooLong) return name;
  const extension = fileExtension(name);
  const tail = extension === undefined ? '' : name.slice(-extension.length - 1);
  const stem = name.slice(0, name.length - tail.length);
  return trimEdges(cut(stem, MAX_FILE_NAME_BYTES - tail.length)) + tail;
}

function headOfUnits(text: string, units: number): string {
  return withoutUnsafeCharacters(text.slice(0, units));
}

/** The longest prefix of whole code points that takes at most `bytes`. */
function headOfBytes(text: string, bytes: number): string {
  let taken = 0;
  let head = '';
  for (const character of text) {
    taken += utf8ByteLength(character);
    if (taken > bytes) break;
    head += character;
  }
  return head;
}

function withoutDeviceName(fileName: string): string {
  return isWindowsDeviceName(fileName) ? `_${fileName}` : fileName;
}

/** A loop: a regular expression anchored only at the end takes quadratic time in the number of spaces inside. */
function trimEdges(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && EDGE_CHARACTER.test(text.charAt(start))) start += 1;
  while (end > start && EDGE_CHARACTER.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
