import * as fc from 'fast-check';

/**
 * Any code point but surrogates, as a `unit` of texts. Equal to fast-check's `binary`, which takes a second of setup in each
 * process.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .nat({ max: 0x10_ffff - 0x800 })
  .map((place) => String.fromCodePoint(place < 0xd800 ? place : place + 0x800));
