/** The name of a file within a sentence: without controls, and without marks that would turn the rest of the sentence around. */
export function shownName(fileName: string): string {
  return fileName.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
}
