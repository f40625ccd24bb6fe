import { type Clock, type OptionSchema, optionOf } from '@videostorage/core';

/** Whatever says what time it is. */
export const clockOption: OptionSchema<Pick<Clock, 'now'>> = optionOf(
  (value): value is Pick<Clock, 'now'> =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'now') === 'function',
  'must be a clock with now() in milliseconds since the epoch',
);
