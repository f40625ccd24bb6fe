import type { Problem } from '../contract/problem.ts';
import { refuseOption } from '../errors/refuse-option.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { isObject, issueSentence } from '../options/check-options.ts';
import { inspectOptions, unknownOption } from '../options/inspect-options.ts';
import type { CheckedOptions, OptionIssue, OptionSchema } from '../options/option-schema.ts';

/** @throws {ValidationError} the options of a call are no object */
export function requireObject(options: unknown): void {
  if (isObject(options)) return;
  refuseOption('', 'The options must be an object.');
}

/** Names that the call does not have: ignored, a misspelt address range would make a grant for one address one for all. */
export function unknownNames(options: object, names: readonly string[]): Problem[] {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  return unknown.map((name) => toProblem(unknownOption(name, names, () => undefined)));
}

/**
 * The options of a call, each by its schema; names that have none are refused. What `checkOptions` is at construction.
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
