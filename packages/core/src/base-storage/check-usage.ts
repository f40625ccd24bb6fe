import type { Usage } from '../contract/cost.ts';
import { ValidationError } from '../errors/request-errors.ts';

const NEEDED = ['storedBytes', 'views'] as const;
const OPTIONAL = [
  ...(['videos', 'storedMinutes', 'reservedMinutes', 'deliveredMinutes'] as const),
  ...(['deliveredBytes', 'uploads', 'deletions'] as const),
] satisfies readonly (keyof Usage)[];
/** With larger numbers sums would no longer be finite, and no real usage is as large. */
const LIMIT = 1e21;

/**
 * Checks usage for a backend's `estimateCost`: if a member were not a number, the price would be `NaN`, which JSON
 * writes as null. `regionShares` is left to the backend, which knows its regions.
 * @throws {ValidationError} lists every member that is not a number of at least 0; `storedBytes` and `views` also when
 * they are missing
 */
export function checkUsage(usage: Usage): void {
  const given: Partial<Record<keyof Usage, unknown>> = typeof usage === 'object' && usage !== null ? usage : {};
  const isAmount = (value: unknown) => typeof value === 'number' && value >= 0 && value < LIMIT;
  const wrong = [
    ...NEEDED.filter((name) => !isAmount(given[name])),
    ...OPTIONAL.filter((name) => given[name] !== undefined && !isAmount(given[name])),
  ];
  if (wrong.length === 0) return;
  const message = 'Pass usage as numbers of at least 0.';
  throw new ValidationError(wrong.map((path) => ({ path, code: 'OPTION_INVALID', message })));
}
