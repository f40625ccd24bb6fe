import * as fc from 'fast-check';

/** Any character as a `unit` of texts, no half of a surrogate pair: what `binary` is to fast-check, which needs a second in each process to set that up. */
export const codePoint: fc.Arbitrary<string> = fc
  .nat({ max: 0x10_ffff - 0x800 })
  .map((place) => String.fromCodePoint(place < 0xd800 ? place : place + 0x800));
