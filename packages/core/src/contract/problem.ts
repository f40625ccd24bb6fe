import type { UploadRequest } from './upload.ts';

/** One problem of an input. */
export interface Problem {
  /** The member it concerns, dotted for nested ones: `custom.title`. Empty = the input as a whole. */
  readonly path: string;
  /** Stable, for branching. */
  readonly code: ProblemCode;
  /** A sentence for the user. */
  readonly message: string;
}

/** Codes of problems. `RULE` is for rules of the host app. */
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

/** A rule of the host app: returns the problems it finds, `[]` for none. */
export type ValidationRule = (request: UploadRequest) => readonly Problem[];
