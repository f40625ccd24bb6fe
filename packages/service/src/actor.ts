import { ConfigurationError, canonicalId } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';
import { withMembers } from './with-members.ts';

/**
 * The user who makes a call: taken from the host app's session, never from a request's body. Ids are brought into
 * Unicode NFC, then compared byte by byte.
 */
export interface Actor {
  /**
   * Id of the user, 1–128 bytes of UTF-8; it becomes the owner of what they upload. The same id means the same person in
   * all tenants: quotas, rate limits, idempotency keys and `eraseUser` identify users by it alone. If each tenant numbers
   * its own users, prefix the id with the tenant.
   */
  readonly userId: string;
  /** Roles as the host app names them, for instance `teacher`: at most 64, of 1–128 bytes each. The first one is logged. */
  readonly roles: readonly string[];
  /**
   * Id of the actor's tenant: the actor can neither see nor change records of other tenants. Absent: no such restriction,
   * for host apps without tenants and for actors who manage all of them.
   */
  readonly tenantId?: string | undefined;
}

/** What an actor wants to do. */
export type Operation =
  | 'upload.request'
  | 'upload.read'
  | 'upload.confirm'
  | 'upload.abort'
  | 'video.read'
  | 'video.list'
  | 'video.play'
  | 'video.update'
  | 'video.delete'
  | 'events.read';

/** What `authorize` is asked to decide. */
export interface AccessQuestion {
  /**
   * The user who makes the call, with ids in the form in which records hold them. It has all members of the host app's
   * object, but is not an instance of that object's class.
   */
  readonly actor: Actor;
  /** What they want to do. */
  readonly operation: Operation;
  /** What the video belongs to or would belong to; for a list, the requested context. */
  readonly contextId?: string | undefined;
  /** For a list, the uploader whose videos are requested. */
  readonly userId?: string | undefined;
  /** The record of the upload or video. Absent for a list, and for an upload that is yet to be created. */
  readonly record?: VideoRecord | undefined;
}

/**
 * Decides whether an actor may do something: only `true` allows it. With a `record`, a refusal looks to the caller as
 * if there were no such video; without one it is `ACCESS_DENIED`. What this function throws is passed on to the caller.
 */
export type Authorize = (question: AccessQuestion) => boolean | Promise<boolean>;

const MAX_ROLES = 64;

/**
 * The actor with ids in the form in which records hold them: a user whose id a session spells in another Unicode form is the
 * same user. Anything else is a fault of the host app, not of the browser. @throws {ConfigurationError}
 */
export function canonicalActor(actor: Actor): Actor {
  const given: Partial<Record<keyof Actor, unknown>> = typeof actor === 'object' && actor !== null ? actor : {};
  const { roles, tenantId } = given;
  const userId = canonicalId(given.userId);
  if (userId === undefined) throw invalid('userId', 'be the id of the user who makes the call, 1 to 128 bytes');
  const tenant = canonicalId(tenantId);
  if (tenantId !== undefined && tenant === undefined) {
    throw invalid('tenantId', 'be the id of a tenant, 1 to 128 bytes, or absent');
  }
  const areWords = Array.isArray(roles) && roles.every((role) => canonicalId(role) !== undefined);
  if (!areWords || roles.length > MAX_ROLES) {
    throw invalid('roles', `be a list of at most ${MAX_ROLES} words of 1 to 128 bytes, for instance ['teacher']`);
  }
  return withMembers(actor, { userId, roles, tenantId: tenant });
}

function invalid(name: keyof Actor, rule: string): ConfigurationError {
  return new ConfigurationError(
    `VideoService: \`${name}\` of the actor must ${rule}; take it from the host app's session.`,
  );
}
