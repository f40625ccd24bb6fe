import { functionOption, nestedOptions, type OptionSchema, type OptionSchemas, optional } from '@videostorage/core';
import type { ServiceHooks } from './service-hooks.ts';

const hook = optional(functionOption('must be a function that takes a record'));
const HOOKS = {
  onVideoReady: hook,
  onVideoFailed: hook,
  onVideoDeleted: hook,
} satisfies OptionSchemas<ServiceHooks>;
const NAMES = Object.keys(HOOKS);
const named = nestedOptions(HOOKS)['~standard'];

/**
 * The hooks. A plain object must have no other names, since those are probably misspelt hooks. An instance of a class of the
 * host app may have other members, but must have at least one hook.
 */
export const hooksOption: OptionSchema<unknown> = {
  '~standard': {
    ...named,
    validate: (value) => {
      if (!isOfClass(value)) return named.validate(value);
      const hooks = NAMES.map((name): readonly [string, unknown] => [name, Reflect.get(value, name)]);
      const hasNone = hooks.every(([, each]) => each === undefined);
      return named.validate(hasNone ? undefined : Object.fromEntries(hooks));
    },
  },
};

/** Whether it is an instance of a class: object literals and parsed JSON inherit from `Object.prototype` or from nothing. */
function isOfClass(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
