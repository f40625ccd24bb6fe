/**
 * Text without case and accents, so that `Übung` is found as `ubung`: NFKD without its marks, in lower case, with one form of sigma
 * wherever it stands.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ');
}

/**
 * The words of a search, folded: at most 8 of at most 64 characters, which bounds the work of a query. A lone surrogate,
 * passed or left by the cut, is invalid text for a database.
 */
export function searchWords(text: string): readonly string[] {
  const words = foldText(text.replace(/\p{Cs}/gu, '\ufffd')).split(/\s+/u);
  return words
    .filter((word) => word !== '')
    .slice(0, 8)
    .map((word) => word.slice(0, 64).replace(/\p{Cs}$/u, ''));
}
