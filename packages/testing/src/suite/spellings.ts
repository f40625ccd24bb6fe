/** Fewer characters of base64 may occur in a signature by chance. */
const LEAST_CHARACTERS = 8;

/**
 * A text in the spellings in which it may be hidden in a longer one: as it is, escaped for a URL or JSON, in hexadecimal
 * digits, and in base64, at any position of the encoded text.
 */
export function spellingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const encoded = ['base64', 'base64url'].flatMap((encoding) =>
    [0, 1, 2].map((before) => inMiddle(bytes, before, encoding as 'base64' | 'base64url')),
  );
  return [
    ...[
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      bytes.toString('hex'),
      bytes.toString('latin1'),
    ],
    ...encoded.filter((spelling) => spelling.length >= LEAST_CHARACTERS),
  ];
}

/** The characters of base64 that depend on these bytes alone, when so many other bytes precede them in their group of three. */
function inMiddle(bytes: Uint8Array, before: number, encoding: 'base64' | 'base64url'): string {
  const groups = Math.floor((before + bytes.length) / 3);
  return Buffer.concat([Buffer.alloc(before), bytes])
    .toString(encoding)
    .slice(before === 0 ? 0 : 4, groups * 4);
}
