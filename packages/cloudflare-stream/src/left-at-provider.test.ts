import { describeLeftAtProvider } from '../test-support/describe-left-at-provider.ts';

/** What leaves the outcome unknown, and one refusal. The full tests take all faults, places and clocks in both ways. */
const NAMES: readonly string[] = [
  'a lost answer',
  'a request that was lost',
  'an answer that breaks off',
  'a hang',
  '403',
];
/** Each of them meets each place in one of the two ways. */
const OF_FORM: readonly string[] = ['once at the creation', 'lasting at the read-back'];
const OTHER_CLOCK = 'a lost answer';

describeLeftAtProvider(({ way, offMs, name, where }) => {
  if (offMs !== 0) return name === OTHER_CLOCK && where === 'once at the creation';
  return NAMES.includes(name) && OF_FORM.includes(where) === (way === 'one form');
});
