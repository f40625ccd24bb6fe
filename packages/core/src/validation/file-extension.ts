const EXTENSION = /\.([A-Za-z0-9]{1,10})$/;
const LETTER = /[A-Za-z]/;

/**
 * The extension in lower case without its dot: at most ten ASCII letters and digits, at least one of them a letter.
 * Undefined when the name has none, as in `lecture`, `.mp4` or `Lecture 2026.1`.
 */
export function fileExtension(fileName: string): string | undefined {
  // The longest extension and its dot.
  const extension = EXTENSION.exec(fileName.slice(-11))?.[1];
  if (extension === undefined || !LETTER.test(extension) || fileName.length === extension.length + 1) return undefined;
  return extension.toLowerCase();
}
