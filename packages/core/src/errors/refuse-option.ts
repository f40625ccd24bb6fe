import { ValidationError } from './request-errors.ts';
import type { ErrorDetails } from './video-storage-error.ts';

/**
 * Refuses one option, or one member of a request, as `OPTION_INVALID`. Code that can find several problems in an input
 * should report them together instead, with `checkCallOptions` or its own error.
 * @param path - the name of the member, with dots where it is nested
 * @param message - says what would be valid, without repeating the value
 * @throws {ValidationError} always
 */
export function refuseOption(path: string, message: string, details?: ErrorDetails): never {
  throw new ValidationError([{ path, code: 'OPTION_INVALID', message }], details);
}

/**
 * Refuses a cursor that does not belong to the requested list: one that is cut off, made up, or from another list or
 * order. The message is the same in all cases, so that it reveals nothing about what a cursor contains.
 * @throws {ValidationError} always
 */
export function refuseCursor(details?: ErrorDetails): never {
  refuseOption('cursor', 'The cursor is not from a page of this list; start again without a cursor.', details);
}
