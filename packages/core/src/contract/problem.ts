import type { UploadRequest } from './upload.ts';

/** One thing wrong with an input. */
export interface Problem {
  /** Where: the member's name, dotted below it, for instance `custom.title`. */
  readonly path: string;
  /** What, to decide upon. */
  readonly code: ProblemCode;
  /** A sentence that the user understands. */
  readonly message: string;
}

/** What can be wrong with an input. */
export type ProblemCode =
  | 'FILE_TOO_LARGE'
  | 'FILE_EMPTY'
  | 'TYPE_NOT_ALLOWED'
  | 'EXTENSION_MISMATCH'
  | 'FILE_NAME_INVALID'
  | 'ID_INVALID'
  | 'CUSTOM_INVALID'
  | 'DURATION_INVALID'
  | 'OPTION_INVALID'
  | 'RULE';

/** A host's own rule: the problems that it sees, or none. */
export type ValidationRule = (request: UploadRequest) => readonly Problem[];
