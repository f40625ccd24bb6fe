import type { Problem, ValidationRule } from '../contract/problem.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { refuseOption } from '../errors/refuse-option.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { canonicalRequest, isWellTyped } from './canonical-request.ts';
import { validateFileName } from './file-name.ts';
import { validateFileSize } from './file-size.ts';
import { validateMimeType } from './mime-type.ts';
import { resolveValidatorOptions, type ValidatorOptions } from './validator-options.ts';

/** Validates upload requests, by the same rules on servers and in browsers. */
export class Validator {
  /** Largest file. */
  readonly maxSizeBytes: number;
  /** Accepted video types, canonical, each once. */
  readonly mimeTypes: readonly string[];
  /** Largest `maxDurationSeconds` of a request. */
  readonly maxDurationSeconds: number;
  /** `maxDurationSeconds` of a request that has none; undefined when the backend decides. */
  readonly defaultMaxDurationSeconds: number | undefined;
  /** Rules of the host app. */
  readonly rules: readonly ValidationRule[];

  /** @throws {ConfigurationError} with how to fix the options */
  constructor(options: ValidatorOptions = {}) {
    const resolved = resolveValidatorOptions(options);
    this.maxSizeBytes = resolved.maxSizeBytes;
    this.mimeTypes = resolved.mimeTypes;
    this.maxDurationSeconds = resolved.maxDurationSeconds;
    this.defaultMaxDurationSeconds = resolved.defaultMaxDurationSeconds;
    this.rules = resolved.rules;
  }

  /**
   * Returns the request with type, name and ids in canonical form: a new frozen object that has only the known members.
   * Takes any input, calls no getter and reads no prototype.
   * @throws {ValidationError} with every problem at once, in the order of the request's members, those of the host app's rules last
   * @throws {ConfigurationError} a rule returned something other than an array; an error that a rule throws is passed
   * on unchanged
   */
  validateUploadRequest(request: UploadRequest): UploadRequest {
    const input: unknown = request;
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      refuseOption('', 'The request must be an object.');
    }
    const { value, problems } = canonicalRequest(input, this);
    const ruled = isWellTyped(input) ? this.rules.flatMap((rule) => callRule(rule, value)) : [];
    if (problems.length + ruled.length > 0) throw new ValidationError([...problems, ...ruled]);
    return value;
  }

  /** Problems with the size only: `FILE_EMPTY`, `FILE_TOO_LARGE`, or `OPTION_INVALID` when it is not a whole number. */
  validateFileSize(sizeBytes: number): readonly Problem[] {
    return validateFileSize('sizeBytes', sizeBytes, this.maxSizeBytes).problems;
  }

  /** Problems with the type, and with the file's extension: `TYPE_NOT_ALLOWED`, `EXTENSION_MISMATCH`. */
  validateMimeType(mimeType: string, fileName: string): readonly Problem[] {
    return validateMimeType(mimeType, fileName, this.mimeTypes).problems;
  }

  /** Problems with the name only: `FILE_NAME_INVALID`. */
  validateFileName(fileName: string): readonly Problem[] {
    return validateFileName('fileName', fileName).problems;
  }
}

/** A rule that returns a promise, as an async function does, would otherwise accept every request. */
function callRule(rule: ValidationRule, request: UploadRequest): readonly Problem[] {
  const problems: unknown = rule(request);
  if (Array.isArray(problems)) return problems;
  throw new ConfigurationError('A validation rule must return an array of problems, [] for none, and not a promise.');
}
