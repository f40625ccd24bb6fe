import fc from 'fast-check';

// All properties of a run share one seed, which the configuration of the tests chooses and prints.
fc.configureGlobal({
  seed: Number(process.env['VIDEOSTORAGE_PROPERTY_SEED']),
  numRuns: Number(process.env['VIDEOSTORAGE_PROPERTY_RUNS']),
});
