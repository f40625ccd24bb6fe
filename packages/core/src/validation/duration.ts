import type { Checked } from './checked.ts';

/** Validates `maxDurationSeconds`: a whole number from 1 to `maxSeconds`. The value is 0 when the input is not a number. */
export function validateDuration(path: string, value: unknown, maxSeconds: number): Checked<number> {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    const message = 'The longest duration must be a whole number of seconds, at least 1.';
    return { value: typeof value === 'number' ? value : 0, problems: [{ path, code: 'DURATION_INVALID', message }] };
  }
  if (value <= maxSeconds) return { value, problems: [] };
  const message = `A video may be at most ${describe(maxSeconds)} long, not ${describe(value)}.`;
  return { value, problems: [{ path, code: 'DURATION_INVALID', message }] };
}

/** In the largest unit without a remainder. */
function describe(seconds: number): string {
  if (seconds % 3600 === 0) return counted(seconds / 3600, 'hour');
  return seconds % 60 === 0 ? counted(seconds / 60, 'minute') : counted(seconds, 'second');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
