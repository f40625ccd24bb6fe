/** A URL whose path needs no parser: no dots to resolve, no escapes, no backslashes. Linear. */
const SIMPLE = /^https?:\/\/[\w.-]{1,253}(?::\d{1,4})?(\/[\w/-]{0,2048})(?:\?|$)/;

/** The path of a URL, resolved. Undefined for text that is not a URL, which some clients send. */
export function pathOf(url: string): string | undefined {
  return SIMPLE.exec(url)?.[1] ?? parsedPath(url);
}

function parsedPath(url: string): string | undefined {
  try {
    return new URL(url).pathname;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
