/**
 * Removes case and accents from a text, so that `Übung` is found as `ubung`: NFKD without combining marks, in lower case,
 * with the final form of the Greek sigma replaced by the regular one.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ');
}

/**
 * The words of a search, folded: the first 8, cut to 64 characters each, which bounds the work of a query. Lone
 * surrogates are replaced or removed, since databases refuse them.
 */
export function searchWords(text: string): readonly string[] {
  const words = foldText(text.replace(/\p{Cs}/gu, '\ufffd')).split(/\s+/u);
  return words
    .filter((word) => word !== '')
    .slice(0, 8)
    .map((word) => word.slice(0, 64).replace(/\p{Cs}$/u, ''));
}
