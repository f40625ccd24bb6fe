import { ConfigurationError } from '@videostorage/core';

/** The error when the host app's own code has read the body of a request; otherwise the body would seem to be missing. */
export function alreadyRead(): ConfigurationError {
  return new ConfigurationError(
    'The body of a request to the video routes was read before them: mount them in front of `express.json()` and other parsers, and read no body in `actor`.',
  );
}
