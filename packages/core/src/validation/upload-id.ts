import type { Checked } from './checked.ts';

const UPLOAD_ID = /^[0-9a-f]{32}$/;

/** Whether a value is an upload id in canonical form: 32 hexadecimal digits in lower case. Takes any input. */
export function isUploadId(value: unknown): value is string {
  return typeof value === 'string' && UPLOAD_ID.test(value);
}

/**
 * Validates an upload id: 32 hexadecimal digits. The canonical form is lower case. The value is empty when the input is not a
 * string.
 */
export function validateUploadId(path: string, value: unknown): Checked<string> {
  const id = typeof value === 'string' ? value.slice(0, 33).toLowerCase() : '';
  if (isUploadId(id)) return { value: id, problems: [] };
  const message = 'The id of an upload must be 32 hexadecimal digits.';
  return { value: id, problems: [{ path, code: 'ID_INVALID', message }] };
}
