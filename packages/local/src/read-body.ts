import { ConfigurationError } from '@videostorage/core';

/**
 * Whether somebody has read the body. One of srvx, such as the listener's, is not asked: it would make a second request of itself,
 * which loses what has come when the sender breaks off. The listener looks by itself.
 */
export function isBodyRead(request: Request): boolean {
  return !('runtime' in request) && request.bodyUsed;
}

/**
 * For an upload whose body somebody has read before. Its bytes do not come again: the PATCH would be answered as one without
 * bytes, and its sender go on with it for ever.
 */
export function readBodyError(): ConfigurationError {
  return new ConfigurationError(
    'The body of this upload was read before it came to the storage; mount the storage before body parsers.',
  );
}
