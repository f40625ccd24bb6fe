import type { CallOptions } from '@videostorage/core';

/** The request that makes a call, for the log. */
export type Asking = Pick<CallOptions, 'requestId'>;

/** The request id of a call, as a field of log records; no field when the call has none. */
export function requestOf({ requestId }: Asking): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}
