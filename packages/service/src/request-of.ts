import type { CallOptions } from '@videostorage/core';

/** Which request asks, for the log. */
export type Asking = Pick<CallOptions, 'requestId'>;

/** The id of the request that a call belongs to, for a line of the log; none where none was given. */
export function requestOf({ requestId }: Asking): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
