import type { Problem } from '../contract/problem.ts';
import { canonicalText } from './canonical-text.ts';
import type { Checked } from './checked.ts';
import { executableExtension } from './executable-extension.ts';
import { hasControlCharacter, hasLoneSurrogate } from './unsafe-characters.ts';
import { isWindowsDeviceName } from './windows-device-name.ts';

/** Longest display name in bytes of UTF-8: what the common file systems take. */
export const MAX_FILE_NAME_BYTES = 255;

const EDGE = /^[\s.]|[\s.]$/;

/**
 * Looks at a display name: 1–255 bytes of UTF-8, no control, bidirectional or path characters, no dot or space at either
 * end, no device name of Windows, no extension of a program. Canonical is Unicode NFC. The value is the empty string when
 * the input is no string.
 */
export function validateFileName(path: string, value: unknown): Checked<string> {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path, code: 'FILE_NAME_INVALID', message });
  if (typeof value !== 'string') {
    refuse('The name of the file must be text.');
    return { value: '', problems };
  }
  if (value.trim() === '') {
    refuse('The file has no name; please give it one.');
    return { value, problems };
  }
  const canonical = canonicalText(value, MAX_FILE_NAME_BYTES);
  const name = canonical ?? value;
  if (canonical === undefined) {
    refuse(`The name of the file is longer than ${MAX_FILE_NAME_BYTES} bytes; please give it a shorter one.`);
  }
  if (hasLoneSurrogate(name)) refuse('The name of the file contains a broken character; please rename the file.');
  if (hasControlCharacter(name)) {
    refuse('The name of the file contains an invisible control character; please rename the file.');
  }
  if (/[/\\]/.test(name)) refuse('The name of the file must not contain "/" or "\\"; please rename the file.');
  if (EDGE.test(name)) {
    refuse('The name of the file must not begin or end with a dot or a space; please rename the file.');
  }
  if (isWindowsDeviceName(name)) refuse('The name of the file is reserved by Windows; please rename the file.');
  const extension = executableExtension(name);
  if (extension !== undefined) {
    refuse(`The name of the file contains ".${extension}", the ending of a program; please rename the file.`);
  }
  return { value: name, problems };
}
