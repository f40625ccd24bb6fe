import { CREDENTIAL_NAME, isCredentialName, isSecretHeader } from './credential-name.ts';
import { maskAfter, type Span, spanOf } from './mask-after.ts';

/** Before a quoted value: `"name":"`, `name: '`, `name="`, with the quotes JSON-escaped any number of times; `,` in lists. */
const QUOTE_SEPARATOR = /(?:\\{0,7}["'])?\s{0,4}[:=,]\s{0,4}\\{0,7}["']/y;
const IN_DOUBLE_QUOTES = /(?:[^"\\]|\\[\s\S])*/y;
const IN_SINGLE_QUOTES = /(?:[^'\\]|\\[\s\S])*/y;

const BARE_VALUE = /(?:[^\s&#"'<>\\]|\\[\\/])*/y;
const CLOSING_PUNCTUATION = ').,;]}';

const HEADER_SEPARATOR = /:[ \t]{0,8}/y;
const HEADER_VALUE = /(?:[^\r\n"\\=]|=(?:"[^"\r\n]*")?)*/y;

const OPENING_TAG = /<[A-Za-z0-9:_-]*$/;
const LONGEST_TAG = 64;
const XML_VALUE = /[^<]*/y;

/** `=` or `:`, quotes and spaces around it, percent-encoded up to three times; the quotes JSON-escaped any number of times. */
const ENCODED_SEPARATOR =
  /(?:(?:%(?:25){0,2}(?:20|22|27|5c)|[\\"'+]){0,8})%(?:25){0,2}3[ad](?:%(?:25){0,2}(?:20|22|27|5c)|[\\"'+]){0,8}/iy;
const ENCODED_PIECE = /[^\s&#"'<>\\%]+|%[0-9a-f]{2}/iy;
/** Encoded white space, quotes, `#`, `&` and backslash. */
const ENCODED_END = /%(?:25){0,2}(?:0a|0d|20|22|23|26|27|5c)/iy;
/** A header's value ends with its line, or at the quote that surrounds the text. */
const ENCODED_LINE_END = /%(?:25){0,2}(?:0a|0d|22|5c)/iy;

/** Masks the values of credential names: `name=value`, `"name":"value"`, header lines; also percent-encoded. */
export function maskNamedValues(text: string): string {
  return maskAfter(text, CREDENTIAL_NAME, (nameEnd, match) => {
    if (!isCredentialName(text, match.index, match[0])) return undefined;
    const isHeader = isSecretHeader(text, nameEnd);
    return (
      quotedValue(text, nameEnd, isHeader) ??
      bareValue(text, nameEnd) ??
      (isHeader ? headerValue(text, nameEnd) : undefined) ??
      xmlValue(text, nameEnd) ??
      encodedValue(text, nameEnd, isHeader)
    );
  });
}

function quotedValue(text: string, nameEnd: number, isHeader: boolean): Span | undefined {
  const { end } = spanOf(QUOTE_SEPARATOR, text, nameEnd);
  // A list of headers holds names and values in turn; any other list is a list of names.
  if (end === nameEnd || (text.slice(nameEnd, end).includes(',') && !isHeader)) return undefined;
  const depth = backslashesBefore(text, end - 1);
  if (depth > 0) return { start: end, end: closingQuote(text, end, depth) };
  return spanOf(text.charAt(end - 1) === '"' ? IN_DOUBLE_QUOTES : IN_SINGLE_QUOTES, text, end);
}

/** A quote behind more backslashes than the opening one belongs to the value. */
function closingQuote(text: string, start: number, depth: number): number {
  const quote = text.charAt(start - 1);
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    const backslashes = backslashesBefore(text, at);
    if (backslashes <= depth) return at - backslashes;
  }
  return text.length;
}

function backslashesBefore(text: string, end: number): number {
  let count = 0;
  while (text.charAt(end - 1 - count) === '\\') count += 1;
  return count;
}

function bareValue(text: string, nameEnd: number): Span | undefined {
  if (text.charAt(nameEnd) !== '=') return undefined;
  return withoutTrailing(text, spanOf(BARE_VALUE, text, nameEnd + 1), CLOSING_PUNCTUATION);
}

function headerValue(text: string, nameEnd: number): Span | undefined {
  const { end } = spanOf(HEADER_SEPARATOR, text, nameEnd);
  return end === nameEnd ? undefined : spanOf(HEADER_VALUE, text, end);
}

function xmlValue(text: string, nameEnd: number): Span | undefined {
  const isTag =
    text.charAt(nameEnd) === '>' && OPENING_TAG.test(text.slice(Math.max(0, nameEnd - LONGEST_TAG), nameEnd));
  if (!isTag) return undefined;
  const value = spanOf(XML_VALUE, text, nameEnd + 1);
  return text.startsWith('</', value.end) ? value : undefined;
}

function encodedValue(text: string, nameEnd: number, isHeader: boolean): Span | undefined {
  const { end: start } = spanOf(ENCODED_SEPARATOR, text, nameEnd);
  if (start === nameEnd) return undefined;
  const stop = isHeader ? ENCODED_LINE_END : ENCODED_END;
  const isEnd = (at: number) => spanOf(stop, text, at).end > at;
  let end = start;
  for (let next = spanOf(ENCODED_PIECE, text, end).end; next > end && !isEnd(end); ) {
    end = next;
    next = spanOf(ENCODED_PIECE, text, end).end;
  }
  return { start, end };
}

function withoutTrailing(text: string, { start, end }: Span, characters: string): Span {
  let kept = end;
  while (kept > start && characters.includes(text.charAt(kept - 1))) kept -= 1;
  return { start, end: kept };
}
