import type { IncomingMessage } from 'node:http';
import { ConfigurationError } from '@videostorage/core';

/** Properties that srvx adds to its requests (https://srvx.h3.dev/guide/handler). */
interface NodeBacked {
  readonly runtime?: { readonly node?: { readonly req?: Pick<IncomingMessage, 'readableDidRead'> } };
}

/**
 * Whether the body has been read. For a request of srvx, such as the listener's, Node's own request is asked: reading
 * `bodyUsed` would make srvx create a second request, which loses the bytes that arrived when the sender disconnects.
 */
export function isBodyRead(request: Request & NodeBacked): boolean {
  return 'runtime' in request ? request.runtime?.node?.req?.readableDidRead === true : request.bodyUsed;
}

/**
 * For an upload whose body was read before. Its bytes do not come again: the PATCH would be answered as one without bytes, and
 * its sender would repeat it for ever.
 */
export function readBodyError(): ConfigurationError {
  return new ConfigurationError(
    'The body of this upload was read before it came to the storage; mount the storage before body parsers.',
  );
}
