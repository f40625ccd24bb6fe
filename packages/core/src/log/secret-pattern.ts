import { encodeBase64Url } from '../reference/base64url.ts';

/** Fewer base64 digits would match ordinary text by chance. */
const MIN_BASE64_DIGITS = 8;
/** Fewer hexadecimal bytes would, too. */
const MIN_HEX_BYTES = 4;
const PERCENT = '%(?:25){0,2}';
const SYNTAX = /[\\^$.*+?()[\]{}|/-]/g;
const JSON_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\b', 'b'],
  ['\f', 'f'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['"', '"'],
  ["'", "'"],
  ['/', '/'],
]);
const XML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&(?:apos|#39|#x27);'],
]);

/**
 * A regular expression that matches the bytes of a secret in every usual notation: as text, percent-encoded (any characters,
 * up to three times), JSON-escaped (also nested), XML-escaped, in both alphabets of base64 at any offset of a longer value, and
 * in hexadecimal. The pattern of each character is bounded, so a search takes linear time.
 */
export function secretPattern(bytes: Uint8Array): RegExp {
  return new RegExp([textPattern(bytes), ...base64Patterns(bytes), ...hexPatterns(bytes)].join('|'), 'g');
}

function textPattern(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const isUtf8 = encodeBase64Url(new TextEncoder().encode(text)) === encodeBase64Url(bytes);
  // Bytes that are not UTF-8 are read as ISO 8859-1, as in headers.
  const characters = isUtf8 ? text : String.fromCharCode(...bytes);
  return (characters.match(/\\+|[^\\]/gu) ?? []).map((each) => characterPattern(each, isUtf8)).join('');
}

/** One character, or a run of backslashes, which is escaped as a whole. Longest alternative first. */
function characterPattern(character: string, isUtf8: boolean): string {
  const forms = [
    percentPattern(new TextEncoder().encode(character)),
    ...(isUtf8 ? [] : [percentPattern(codeUnits(character))]),
    codeUnits(character).map(unicodeEscape).join(''),
  ];
  if (character.startsWith('\\')) {
    return `(?:${forms.join('|')}|${[4, 2, 1].map((times) => `\\\\{${times * character.length}}`).join('|')})`;
  }
  const jsonEscape = JSON_ESCAPES.get(character);
  if (jsonEscape !== undefined) forms.push(`\\\\{1,8}${jsonEscape}`);
  const xmlEscape = XML_ESCAPES.get(character);
  if (xmlEscape !== undefined) forms.push(xmlEscape);
  if (character === ' ') forms.push('\\+');
  return `(?:${[...forms, character.replace(SYNTAX, '\\$&')].join('|')})`;
}

function percentPattern(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => PERCENT + hexPattern(byte, 2)).join('');
}

function codeUnits(character: string): number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
}

function unicodeEscape(codeUnit: number): string {
  return `\\\\{1,8}u${hexPattern(codeUnit, 4)}`;
}

/** Matches the digits in either case. */
function hexPattern(value: number, digits: number): string {
  const hex = value.toString(16).padStart(digits, '0');
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function hexPatterns(bytes: Uint8Array): readonly string[] {
  if (bytes.length < MIN_HEX_BYTES) return [];
  return [Array.from(bytes, (byte) => hexPattern(byte, 2)).join('[ :]?')];
}

/** The base64 digits of the bytes after 0, 1 or 2 others: those that no neighbour changes, and the last, partly changed one. */
function base64Patterns(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const fixed = encodeBase64Url(padded).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6));
    if (fixed.length < MIN_BASE64_DIGITS) return [];
    const rest = padded.length % 3 === 0 ? '' : `(?:[A-Za-z0-9+/_-](?:=|${PERCENT}3[dD]){0,2})?`;
    return [Array.from(fixed, base64DigitPattern).join('') + rest];
  });
}

function base64DigitPattern(digit: string): string {
  if (digit === '-') return `(?:[+-]|${PERCENT}2[bB])`;
  if (digit === '_') return `(?:[/_]|\\\\{1,8}/|${PERCENT}2[fF])`;
  return digit;
}
