/** Whether a policy's resource opens a URL: `*` stands for any characters, `?` for one; everything else is exact. */
export function matchesResource(resource: string, url: string): boolean {
  // A `?` before a query is the query's own: CloudFront matches it as one character, which it is.
  return matches(resource, url);
}

/** Greedy matching with one way back: linear in practice, no regular expression made from foreign text. */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    const character = pattern[at];
    if (character === '*') {
      star = at++;
      resume = index;
    } else if (character === '?' || (character !== undefined && character === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
