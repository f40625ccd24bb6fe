import type { Clock } from '../contract/primitives.ts';
import { hasMethods } from './has-methods.ts';
import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** A `Clock` whose time is a finite number: with NaN everything would expire at once, or never. */
export const clockOption: OptionSchema<Clock> = optionOf(
  (value): value is Clock => hasMethods(value, 'now', 'sleep') && isTime(value),
  'must be a Clock: now() returns finite milliseconds, sleep(delayMs, signal) returns a promise',
);

/** The part of a `Clock` that says the time. */
export const timeOption: OptionSchema<Pick<Clock, 'now'>> = optionOf(
  (value): value is Pick<Clock, 'now'> => hasMethods(value, 'now') && isTime(value),
  'must be a Clock: now() returns finite milliseconds',
);

/** A clock that throws is not accepted either; the error names the option. */
function isTime(value: unknown): boolean {
  try {
    return Number.isFinite((value as Pick<Clock, 'now'>).now());
  } catch {
    return false;
  }
}
