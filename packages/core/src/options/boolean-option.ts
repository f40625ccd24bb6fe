import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** True or false. A string such as `'false'`, which JavaScript treats as true, is refused. */
export const booleanOption: OptionSchema<boolean> = optionOf(
  (value): value is boolean => typeof value === 'boolean',
  'must be true or false',
);
