/**
 * Whether a policy's resource opens a URL: `*` stands for any characters, `?` for one, also where a query begins; everything
 * else is exact. Greedy with one backtracking position, without a regular expression made from foreign text.
 */
export function matchesResource(pattern: string, text: string): boolean {
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
