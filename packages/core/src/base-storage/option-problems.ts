import type { Problem } from '../contract/problem.ts';
import { refuseOption } from '../errors/refuse-option.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { isObject, issueSentence } from '../options/check-options.ts';
import { inspectOptions, unknownOption } from '../options/inspect-options.ts';
import type { CheckedOptions, OptionIssue, OptionSchema } from '../options/option-schema.ts';

/** @throws {ValidationError} the options of a call are not an object */
export function requireObject(options: unknown): void {
  if (isObject(options)) return;
  refuseOption('', 'The options must be an object.');
}

/**
 * Problems for option names that a call does not have. If they were ignored, a misspelt address range would turn a
 * grant for one address into a grant for all.
 */
export function unknownNames(options: object, names: readonly string[]): Problem[] {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  return unknown.map((name) => toProblem(unknownOption(name, names, () => undefined)));
}

/**
 * Checks the options of a call, each by its schema, and refuses names without one, as `checkOptions` does at
 * construction.
 * @throws {ValidationError} with every problem
 */
export function checkCallOptions<Schemas extends Readonly<Record<keyof Schemas, OptionSchema<unknown>>>>(
  options: object,
  schemas: Schemas,
): CheckedOptions<Schemas> {
  requireObject(options);
  const { value, issues } = inspectOptions(options, schemas, () => undefined);
  if (issues.length > 0) throw new ValidationError(issues.map(toProblem));
  return value;
}

/** What is wrong with an option of a call. */
function toProblem(issue: OptionIssue): Problem {
  return { path: String(issue.path?.[0]), code: 'OPTION_INVALID', message: issueSentence(issue) };
}
