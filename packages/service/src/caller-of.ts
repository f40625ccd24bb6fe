import {
  type CallOptions,
  callOptionSchemas,
  checkCallOptions,
  checkedTimeoutMs,
  type OptionSchema,
} from '@videostorage/core';
import { type Actor, canonicalActor } from './actor.ts';

/**
 * Who makes a call, with ids in the form of the records. Options that the call does not have, and a deadline that is not one, are
 * refused here, before anything is changed: the storage, which checks them too, is asked later or not at all. `schemas`: of what the
 * call takes. @throws {ValidationError} @throws {ConfigurationError}
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
