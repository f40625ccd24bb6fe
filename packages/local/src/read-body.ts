import { ConfigurationError } from '@videostorage/core';

/**
 * For an upload whose body somebody has read before. Its bytes do not come again: the PATCH would be answered as one without
 * bytes, and its sender go on with it for ever.
 */
export function readBodyError(): ConfigurationError {
  return new ConfigurationError(
    'The body of this upload was read before it came to the storage; mount the storage before body parsers.',
  );
}
