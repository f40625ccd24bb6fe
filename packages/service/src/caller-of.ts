import { type CallOptions, checkedTimeoutMs } from '@videostorage/core';
import { type Actor, canonicalActor } from './actor.ts';

/**
 * Who makes a call, with ids in the form of the records. A deadline that is not one is refused here, before anything is changed: the
 * storage, which checks it too, is asked later or not at all. @throws {ValidationError} @throws {ConfigurationError}
 */
export function callerOf(actor: Actor, { timeoutMs }: CallOptions): Actor {
  checkedTimeoutMs(timeoutMs);
  return canonicalActor(actor);
}
