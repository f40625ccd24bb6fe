/**
 * The name of a file within a sentence: without controls and breaks of lines, and without marks that would turn the rest of the
 * sentence around.
 */
export function shownName(fileName: string): string {
  return fileName.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '');
}
