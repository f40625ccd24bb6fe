/** How often a property of core is tried: a fortieth of what `npm run proof -- properties` does, since they are most of what its tests compute. */
export const propertyRuns: number = Number(process.env['VIDEOSTORAGE_PROPERTY_RUNS'] ?? 25);
