import { escapeControls } from '../log/escape-controls.ts';
import { nearestName } from './nearest-name.ts';
import { resultOf } from './option-of.ts';
import type { CheckedOptions, OptionIssue, OptionSchema } from './option-schema.ts';

/** How many characters of an unknown option's name a message repeats: it is text from outside. */
const MAX_NAME_CHARACTERS = 64;

/**
 * Given the name of an option that was passed to the wrong class, says where it belongs. The text follows the option's
 * name, without a full stop. Undefined when there is no advice.
 */
export type OptionHint = (name: string) => string | undefined;

/** Result of checking an object of options. */
export interface InspectedOptions<Schemas> {
  /** Valid only when there are no issues. */
  readonly value: CheckedOptions<Schemas>;
  /** All issues, each with its path. */
  readonly issues: readonly OptionIssue[];
}

/** Checks each option by its schema, and reports the names that have none. */
export function inspectOptions<Schemas extends Readonly<Record<keyof Schemas, OptionSchema<unknown>>>>(
  given: object,
  schemas: Schemas,
  hint: OptionHint,
): InspectedOptions<Schemas> {
  const names = Object.keys(schemas);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(schemas, name));
  const issues: OptionIssue[] = unknown.map((name) => unknownOption(name, names, hint));
  const entries: [string, OptionSchema<unknown>][] = Object.entries(schemas);
  const values = entries.map(([name, schema]): [string, unknown] => {
    const result = resultOf(schema, Reflect.get(given, name));
    if (result.issues === undefined) return [name, result.value];
    issues.push(...result.issues.flatMap((issue) => issuesBelow(name, issue)));
    return [name, undefined];
  });
  return { value: Object.fromEntries(values) as CheckedOptions<Schemas>, issues };
}

/** The issue of a name that is none of `names`, with the nearest one of them. */
export function unknownOption(given: string, names: readonly string[], hint: OptionHint): OptionIssue {
  const name = escapeControls(given.slice(0, MAX_NAME_CHARACTERS));
  const nearest = nearestName(given, names);
  const advice =
    hint(given) ??
    (nearest === undefined
      ? `is not an option; the options are ${names.join(', ')}`
      : `is not an option; do you mean \`${nearest}\`?`);
  return { path: [name], message: advice };
}

/** The issue with its whole path. Zod reports all unknown names of an object in one issue. */
function issuesBelow(name: string, issue: OptionIssue): readonly OptionIssue[] {
  const path = [name, ...(issue.path ?? [])];
  if (!('keys' in issue) || !Array.isArray(issue.keys)) return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, String(key)], message: 'is not an option' }));
}
