import {
  type CallOptions,
  callOptionSchemas,
  checkCallOptions,
  checkedTimeoutMs,
  type OptionSchema,
} from '@videostorage/core';
import { type Actor, canonicalActor } from './actor.ts';

/**
 * The actor of a call, with ids in the form of the records. Unknown options and an invalid deadline are refused here, before
 * anything is changed: the storage, which checks them too, is called later or not at all. `schemas` are those of the options
 * that the call takes. @throws {ValidationError} @throws {ConfigurationError}
 */
export function callerOf(
  actor: Actor,
  options: CallOptions,
  schemas: Readonly<Record<string, OptionSchema<unknown>>> = callOptionSchemas,
): Actor {
  checkCallOptions(options, schemas);
  checkedTimeoutMs(options.timeoutMs);
  return canonicalActor(actor);
}
