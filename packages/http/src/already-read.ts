import { ConfigurationError } from '@videostorage/core';

/** For a host app whose own code has read the body of a request, which would else look as if it were missing. */
export function alreadyRead(): ConfigurationError {
  return new ConfigurationError(
    'The body of a request to the video routes was read before them: mount them in front of `express.json()` and other parsers, and read no body in `actor`.',
  );
}
