/**
 * Runs of each property test of core: a fortieth of those in `npm run proof -- properties`, since property tests take most
 * of the test time.
 */
export const propertyRuns: number = Number(process.env['VIDEOSTORAGE_PROPERTY_RUNS'] ?? 25);
