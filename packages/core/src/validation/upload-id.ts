import type { Checked } from './checked.ts';
import { isRandomId } from './random-id.ts';

/**
 * Validates an upload id: 32 hexadecimal digits. The canonical form is lower case. The value is empty when the input is not a
 * string.
 */
export function validateUploadId(path: string, value: unknown): Checked<string> {
  const id = typeof value === 'string' ? value.slice(0, 33).toLowerCase() : '';
  if (isRandomId(id)) return { value: id, problems: [] };
  const message = 'The id of an upload must be 32 hexadecimal digits.';
  return { value: id, problems: [{ path, code: 'ID_INVALID', message }] };
}
