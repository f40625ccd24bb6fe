import type { CallOptions } from '@videostorage/core';

/** The id of the request that a call belongs to, for a line of the log; none where none was given. */
export function requestOf({ requestId }: Pick<CallOptions, 'requestId'>): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
