import { ValidationError } from './request-errors.ts';
import type { ErrorDetails } from './video-storage-error.ts';

/**
 * Refuses one option, or one member of a request, as `OPTION_INVALID`. Who can find several problems in an input reports them
 * together, by `checkCallOptions` or an error of their own.
 * @param path - the name of the member, with dots where it is nested
 * @param message - a sentence that says what would be right, without the value
 * @throws {ValidationError} always
 */
export function refuseOption(path: string, message: string, details?: ErrorDetails): never {
  throw new ValidationError([{ path, code: 'OPTION_INVALID', message }], details);
}

/**
 * Refuses the cursor of a page that is not of the list asked: cut, made up, of another list or another order. One sentence for all,
 * so that it tells nothing of what a cursor holds.
 * @throws {ValidationError} always
 */
export function refuseCursor(details?: ErrorDetails): never {
  refuseOption('cursor', 'The cursor is not from a page of this list; start again without a cursor.', details);
}
