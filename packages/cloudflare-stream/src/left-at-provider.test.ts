import { describeLeftAtProvider } from '../test-support/describe-left-at-provider.ts';

/**
 * The faults that leave the outcome unknown, and one refusal. The full tests run all faults, places and clocks for forms and
 * for tus.
 */
const NAMES: readonly string[] = ['a lost answer', 'a request that was lost', 'an incomplete answer', 'a hang', '403'];
/** Each of these faults occurs at each place, either with forms or with tus. */
const OF_FORM: readonly string[] = ['once at the creation', 'lasting at the read-back'];
const OTHER_CLOCK = 'a lost answer';

describeLeftAtProvider(({ way, offMs, name, where }) => {
  if (offMs !== 0) return name === OTHER_CLOCK && where === 'once at the creation';
  return NAMES.includes(name) && OF_FORM.includes(where) === (way === 'one form');
});
