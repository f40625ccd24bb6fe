import { describeLeftAtProvider } from '../test-support/describe-left-at-provider.ts';

/** Each fault meets each place in one of the two ways; the full tests take all combinations. */
const OF_FORM: readonly string[] = ['once at the creation', 'lasting at the read-back'];
const OTHER_CLOCK = 'a lost answer';

describeLeftAtProvider(({ way, offMs, name, where }) => {
  if (offMs !== 0) return name === OTHER_CLOCK && where.startsWith('once');
  return OF_FORM.includes(where) === (way === 'one form');
});
