const VISIBLE_AT_ONCE = 'an object is visible as soon as it has arrived: the storage keeps no record of a confirm yet';
const NO_RECORD = 'the bucket keeps no record of what was aborted or deleted yet';

/** What the storage cannot keep until it stands on the template of object storages; the list burns down with that. */
export const PENDING_EXCEPTIONS: Readonly<Record<string, string>> = {
  'confirm/sent-again': VISIBLE_AT_ONCE,
  'lifecycle/unconfirmed': VISIBLE_AT_ONCE,
  'lifecycle/unconfirmed-bytes': VISIBLE_AT_ONCE,
  'lifecycle/abort-confirmed': VISIBLE_AT_ONCE,
  'lifecycle/confirm-beside-abort': VISIBLE_AT_ONCE,
  'references/replayed': NO_RECORD,
  'lifecycle/abort-decided': NO_RECORD,
  'lifecycle/deleted-replay': NO_RECORD,
  'lifecycle/id-used-once': NO_RECORD,
};
