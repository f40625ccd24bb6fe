import type { EventName } from '@videostorage/core';

const EVENTS: Readonly<Record<EventName, true>> = {
  'upload.requested': true,
  'upload.rejected': true,
  'upload.confirmed': true,
  'upload.failed': true,
  'upload.aborted': true,
  'upload.expired': true,
  'video.ready': true,
  'video.failed': true,
  'video.delete_requested': true,
  'video.deleted': true,
  'video.updated': true,
  'playback.issued': true,
  'playback.denied': true,
  'access.denied': true,
  'webhook.accepted': true,
  'webhook.refused': true,
  'rate_limit.denied': true,
  'quota.denied': true,
  'backend.retry': true,
  'hook.failed': true,
  'request.failed': true,
  'sweep.finished': true,
  'person.erased': true,
};

/** All of them, in the order of the vocabulary. */
export const EVENT_NAMES: readonly string[] = Object.keys(EVENTS);

/** Whether it is the name of an event. */
export function isEventName(value: unknown): value is EventName {
  return typeof value === 'string' && Object.hasOwn(EVENTS, value);
}
