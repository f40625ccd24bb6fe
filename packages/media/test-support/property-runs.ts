/**
 * How many runs a property has: few in the unit tests, with another seed each time; as many as `VIDEOSTORAGE_PROPERTY_RUNS`
 * says in `npm run proof -- media-properties`.
 */
export function propertyRuns(inUnitTests: number): { readonly numRuns: number } {
  const everywhere = process.env['VIDEOSTORAGE_PROPERTY_RUNS'];
  return { numRuns: everywhere === undefined ? inUnitTests : Number(everywhere) };
}
