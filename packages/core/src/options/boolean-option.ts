import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** True or false: a text such as `'false'`, which JavaScript takes for true, is refused. */
export const booleanOption: OptionSchema<boolean> = optionOf(
  (value): value is boolean => typeof value === 'boolean',
  'must be true or false',
);
