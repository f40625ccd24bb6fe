/**
 * The name of a file for use in a sentence: without control characters and line breaks, and without direction marks that
 * would reverse the rest of the sentence.
 */
export function shownName(fileName: string): string {
  return fileName.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '');
}
