import type { Problem } from '../contract/problem.ts';
import type { ListOptions } from '../contract/storage.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { callOptionsOf } from './call-options-of.ts';
import { requireObject } from './option-problems.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_CURSOR_LENGTH = 4096;

/** Validated list options, with the default limit filled in. */
export type ListRequest = ListOptions & {
  /** Videos per page, 1–1000. */
  readonly limit: number;
};

/**
 * Validates list options; default limit 100. Unknown names are ignored, so that a page can be passed as the options of
 * the next one.
 * @throws {ValidationError} with every problem
 */
export function toListRequest(options: ListOptions): ListRequest {
  requireObject(options);
  const problems: Problem[] = [];
  const { limit = DEFAULT_LIMIT, cursor } = options;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    problems.push({
      path: 'limit',
      code: 'OPTION_INVALID',
      message: `The limit must be a whole number from 1 to ${MAX_LIMIT}.`,
    });
  }
  if (cursor !== undefined && (typeof cursor !== 'string' || cursor === '' || cursor.length > MAX_CURSOR_LENGTH)) {
    problems.push({
      path: 'cursor',
      code: 'OPTION_INVALID',
      message: 'The cursor is not from a page of this list; start again without a cursor.',
    });
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return { ...callOptionsOf(options), limit, cursor };
}
