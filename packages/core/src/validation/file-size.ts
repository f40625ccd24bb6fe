import type { Checked } from './checked.ts';

const UNITS = ['KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Validates the size of a file: a whole number of bytes from 1 to `maxBytes`. The value is 0 when the input is not a number. */
export function validateFileSize(path: string, value: unknown, maxBytes: number): Checked<number> {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    const message = 'The size of the file must be a whole number of bytes.';
    return { value: typeof value === 'number' ? value : 0, problems: [{ path, code: 'OPTION_INVALID', message }] };
  }
  if (value === 0) return { value, problems: [{ path, code: 'FILE_EMPTY', message: 'The file is empty.' }] };
  if (value <= maxBytes) return { value, problems: [] };
  const [size, limit] = describeBoth(value, maxBytes);
  const message = `The file is ${size}; at most ${limit} are allowed.`;
  return { value, problems: [{ path, code: 'FILE_TOO_LARGE', message }] };
}

/** Both sizes with as few decimals as still distinguish them. */
function describeBoth(sizeBytes: number, limitBytes: number): readonly [string, string] {
  for (const decimals of [1, 2, 3]) {
    const [size, limit] = [describe(sizeBytes, decimals), describe(limitBytes, decimals)];
    if (size !== limit) return [size, limit];
  }
  return [describeBytes(sizeBytes), describeBytes(limitBytes)];
}

/** In decimal units, as disks and most file managers count: 5 GB are 5 000 000 000 bytes. */
function describe(bytes: number, decimals: number): string {
  let amount = bytes;
  let unit = -1;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return unit === -1 ? describeBytes(bytes) : `${Number(amount.toFixed(decimals))} ${UNITS[unit]}`;
}

function describeBytes(bytes: number): string {
  return `${bytes.toLocaleString('en-US')} ${bytes === 1 ? 'byte' : 'bytes'}`;
}
