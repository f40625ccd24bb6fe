/** What Stream cannot keep, each with its reason; the README lists them too. */
export const exceptions: Readonly<Record<string, string>> = {
  'round-trip/same-upload-id':
    'The one-time URL of an upload cannot be read again, so the same upload id creates a new video.',
  'mismatch/type':
    'Stream accepts every kind of video and encodes it again; it does not report the type that was sent.',
  'lifecycle/unconfirmed-bytes':
    'Stream publishes by itself what it has processed, and a grant is signed without a request; the service signs only what is confirmed.',
  'lifecycle/id-used-once': 'Stream keeps no record of a deleted video, so its upload id can be used again.',
  'lifecycle/id-ended': 'Stream keeps no record of a cancelled or refused upload, so its id can be used again.',
  'lifecycle/create-confirmed':
    'A confirmed video has the creator of its user in place of its upload id, so the id creates a new video.',
};

/** The same for uploads by one form. By tus what is larger than declared never arrives. */
export const exceptionsOfForms: Readonly<Record<string, string>> = {
  ...exceptions,
  'lifecycle/refusal-repeated':
    'A refused video is deleted, and Stream keeps no record of it: afterwards it is VIDEO_NOT_FOUND.',
};
