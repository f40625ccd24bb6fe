const ascii = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));

/** First bytes of files that certainly hold no video by themselves: PDF, ZIP, RAR, 7-Zip, ELF. */
const SIGNATURES: readonly (readonly number[])[] = [
  ascii('%PDF-'),
  ascii('PK\u0003\u0004'),
  ascii('Rar!\u001a\u0007'),
  [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  ascii('\u007fELF'),
];
/** So many bytes of a text are checked. */
const TEXT_BYTES = 4096;
/** UTF-8 characters have up to four bytes, so up to three bytes of the last one may be left. */
const CUT_BYTES = 3;

/** Whether the file is proven to be of another kind: a document, an archive, a program, a text. */
export function isForeign(head: Uint8Array): boolean {
  return SIGNATURES.some((signature) => signature.every((byte, index) => head[index] === byte)) || isText(head);
}

/** UTF-8 without control characters other than white space. */
function isText(head: Uint8Array): boolean {
  const bytes = head.subarray(0, TEXT_BYTES);
  if (bytes.some((byte) => (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) || byte === 0x7f)) return false;
  const cuts = bytes.length < TEXT_BYTES ? [0] : Array.from({ length: CUT_BYTES + 1 }, (_, index) => index);
  return cuts.some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
