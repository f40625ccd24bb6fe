import type { UploadRequest } from './upload.ts';

/** One problem in an input. */
export interface Problem {
  /** The path of the member, with dots for nested members: `custom.title`. Empty = the input as a whole. */
  readonly path: string;
  /** Stable code: branch on it, not on the message. */
  readonly code: ProblemCode;
  /** A message for the user. */
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
