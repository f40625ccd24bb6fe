import { sanitizeFileName } from './sanitize-file-name.ts';

/** Not in the plain form: what is not ASCII, and what RFC 6266, appendix D, advises against. */
const NOT_PLAIN = /[^ -~]|["%\\]/gu;
/** `encodeURIComponent` leaves these, but RFC 8187, section 3.2.1, does not allow them as attr-char. */
const NOT_ATTRIBUTE = /['()*]/g;

/**
 * Returns the value of a `Content-Disposition` header (RFC 6266): the sanitized file name as plain `filename` and, if it
 * has characters that `filename` cannot hold, also as `filename*` in UTF-8 (RFC 8187). Printable ASCII only. Takes any
 * string.
 */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string): string {
  const name = sanitizeFileName(fileName);
  const plain = name.replace(NOT_PLAIN, '_');
  const header = `${kind === 'inline' ? 'inline' : 'attachment'}; filename="${plain}"`;
  return plain === name ? header : `${header}; filename*=UTF-8''${encodeAttribute(name)}`;
}

function encodeAttribute(text: string): string {
  return encodeURIComponent(text).replace(
    NOT_ATTRIBUTE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
