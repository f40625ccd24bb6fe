import type { Problem } from '../contract/problem.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { issueSentence } from '../options/check-options.ts';
import { unknownOption } from '../options/inspect-options.ts';
import type { OptionIssue } from '../options/option-schema.ts';

/** @throws {ValidationError} the options of a call are no object */
export function requireObject(options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new ValidationError([{ path: '', code: 'OPTION_INVALID', message: 'The options must be an object.' }]);
}

/** Names that the call does not have: ignored, a misspelt address range would make a grant for one address one for all. */
export function unknownNames(options: object, names: readonly string[]): Problem[] {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  return unknown.map((name) => toProblem(unknownOption(name, names, () => undefined)));
}

/** What is wrong with an option of a call. */
export function toProblem(issue: OptionIssue): Problem {
  return { path: String(issue.path?.[0]), code: 'OPTION_INVALID', message: issueSentence(issue) };
}
