/**
 * How often a property is tried: few times in the unit tests, by another seed each time; as often as `VIDEOSTORAGE_PROPERTY_RUNS`
 * says in `npm run proof -- media-properties`.
 */
export function propertyRuns(inUnitTests: number): { readonly numRuns: number } {
  const everywhere = process.env['VIDEOSTORAGE_PROPERTY_RUNS'];
  return { numRuns: everywhere === undefined ? inUnitTests : Number(everywhere) };
}
