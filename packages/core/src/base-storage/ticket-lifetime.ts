import type { UploadTicket } from '../contract/upload.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';

/** What is older than a ticket's longest life and its grace (48 h) can be swept, so no option may lengthen it. */
const MAX_SECONDS = 86_400;

const DEFAULT_SECONDS: Readonly<Record<UploadTicket['protocol'], number>> = {
  post: 3600,
  tus: MAX_SECONDS,
  multipart: MAX_SECONDS,
};

/**
 * How long sending may begin after a ticket is created: what the host set, else one hour for a form and 24 hours for
 * protocols that resume.
 * @throws {ConfigurationError} not a whole number of seconds from 1 to 86 400
 */
export function ticketLifetimeSeconds(
  protocol: UploadTicket['protocol'],
  uploadExpiresInSeconds: number | undefined,
): number {
  const seconds = uploadExpiresInSeconds ?? DEFAULT_SECONDS[protocol];
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new ConfigurationError(
    `Set \`uploadExpiresInSeconds\` to a whole number of seconds from 1 to ${MAX_SECONDS} (24 hours).`,
  );
}
