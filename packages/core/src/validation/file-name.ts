import type { Problem } from '../contract/problem.ts';
import type { Checked } from './checked.ts';
import { executableExtension } from './executable-extension.ts';
import { isNameless, sanitizeFileName } from './sanitize-file-name.ts';
import { hasControlCharacter, hasLoneSurrogate, withoutDirectionMarks } from './unsafe-characters.ts';

/**
 * Validates the name that a file has on the uploader's device. It is only displayed, so real names are brought into a safe form
 * (`sanitizeFileName`) and not refused: dots and spaces at the ends, marks of writing direction, names of Windows devices, the
 * extension of a program inside, more than 255 bytes. Refused are: not a string, a name without visible characters, control
 * characters, lone surrogates, path separators, and the extension of a program at the end.
 */
export function validateFileName(path: string, value: unknown): Checked<string> {
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push({ path, code: 'FILE_NAME_INVALID', message });
  if (typeof value !== 'string') {
    refuse('The name of the file must be text.');
    return { value: '', problems };
  }
  if (isNameless(value)) {
    refuse('The file has no name; please rename it.');
    return { value, problems };
  }
  if (hasLoneSurrogate(value)) refuse('The name of the file contains a broken character; please rename the file.');
  if (hasControlCharacter(withoutDirectionMarks(value))) {
    refuse('The name of the file contains an invisible control character; please rename the file.');
  }
  if (/[/\\]/.test(value)) refuse('The name of the file must not contain "/" or "\\"; please rename the file.');
  const extension = executableExtension(value);
  if (extension !== undefined) {
    refuse(`The name of the file ends in ".${extension}", as a program does; please rename the file.`);
  }
  return { value: sanitizeFileName(value), problems };
}
