import type { Checked } from './checked.ts';

const UPLOAD_ID = /^[0-9a-f]{32}$/;

/** Whether it is an upload id in canonical form: 32 hexadecimal digits in lower case. Total on any input. */
export function isUploadId(value: unknown): value is string {
  return typeof value === 'string' && UPLOAD_ID.test(value);
}

/** Looks at an upload id: 32 hexadecimal digits; canonical is lower case. The value is empty when the input is no string. */
export function validateUploadId(path: string, value: unknown): Checked<string> {
  const id = typeof value === 'string' ? value.slice(0, 33).toLowerCase() : '';
  if (isUploadId(id)) return { value: id, problems: [] };
  const message = 'The id of an upload must be 32 hexadecimal digits.';
  return { value: id, problems: [{ path, code: 'ID_INVALID', message }] };
}
