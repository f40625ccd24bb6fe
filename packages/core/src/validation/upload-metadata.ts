import type { Problem } from '../contract/problem.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { isForbiddenKey } from './forbidden-keys.ts';
import { hasLoneSurrogate } from './unsafe-characters.ts';

/** Text by key, in order. An empty value is the same as none: the protocol does not distinguish them. */
export type UploadMetadata = ReadonlyMap<string, string>;

/** Longest header that is written or read: servers commonly accept 8 KiB for all headers. */
const MAX_UPLOAD_METADATA_CHARACTERS = 8000;

/** Printable ASCII without space and comma. */
const KEY = /^[!-+\--~]{1,128}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Writes the `Upload-Metadata` header of the tus protocol 1.0.0, section "Creation": `key base64(UTF-8),flag,…`.
 * @throws {ValidationError} a key that is empty, too long, not printable ASCII, reserved by JavaScript, or has a space or
 * comma; a lone surrogate in a value; more than 8 000 characters in all
 */
export function stringifyUploadMetadata(metadata: UploadMetadata): string {
  const problems: Problem[] = [];
  const pairs: string[] = [];
  for (const [key, value] of metadata) {
    const problem = keyProblem(key) ?? valueProblem(value);
    if (problem !== undefined) problems.push(refusal(problem));
    else pairs.push(value === '' ? key : `${key} ${encodeBase64(value)}`);
  }
  const header = pairs.join(',');
  if (header.length > MAX_UPLOAD_METADATA_CHARACTERS) problems.push(tooLong());
  if (problems.length > 0) throw new ValidationError(problems);
  return header;
}

/**
 * Parses an `Upload-Metadata` header strictly: what `stringifyUploadMetadata` would not have written is refused, except for
 * a space after a key without a value.
 * @throws {ValidationError} also for a repeated key, for base64 that is not canonical and for bytes that are not UTF-8
 */
export function parseUploadMetadata(header: string): UploadMetadata {
  if (header.length > MAX_UPLOAD_METADATA_CHARACTERS) throw new ValidationError([tooLong()]);
  const metadata = new Map<string, string>();
  const problems: Problem[] = [];
  for (const pair of header === '' ? [] : header.split(',')) {
    const space = pair.indexOf(' ');
    const key = space === -1 ? pair : pair.slice(0, space);
    const value = decodeBase64(space === -1 ? '' : pair.slice(space + 1));
    const problem = keyProblem(key) ?? (metadata.has(key) ? 'A key occurs twice.' : undefined);
    if (problem !== undefined) problems.push(refusal(problem));
    else if (value === undefined) problems.push(refusal('A value must be base64 of UTF-8 text.'));
    else metadata.set(key, value);
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return metadata;
}

function keyProblem(key: string): string | undefined {
  if (!KEY.test(key)) return 'A key must be 1–128 characters of printable ASCII without space and comma.';
  return isForbiddenKey(key) ? 'A key must not be a name that JavaScript reserves.' : undefined;
}

function valueProblem(value: string): string | undefined {
  if (value.length > MAX_UPLOAD_METADATA_CHARACTERS) return 'A value is too long.';
  return hasLoneSurrogate(value) ? 'A value contains a broken character.' : undefined;
}

function refusal(message: string): Problem {
  return {
    path: 'Upload-Metadata',
    code: 'OPTION_INVALID',
    message: `The metadata of the upload is not valid. ${message}`,
  };
}

function tooLong(): Problem {
  return refusal(`It is longer than ${MAX_UPLOAD_METADATA_CHARACTERS} characters.`);
}

function encodeBase64(text: string): string {
  let binary = '';
  for (const byte of encoder.encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Undefined when `encodeBase64` would not have written it. */
function decodeBase64(base64: string): string | undefined {
  if (!BASE64.test(base64)) return undefined;
  const text = decoder.decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  // Bytes that are not UTF-8, and unused bits that are set, change when they are encoded again.
  return encodeBase64(text) === base64 ? text : undefined;
}
