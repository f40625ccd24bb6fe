import type { UploadTicket } from '../contract/upload.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';

/** The sweep frees uploads after 48 h: this longest lifetime of a ticket, and 24 h of grace. No option may exceed it. */
const MAX_SECONDS = 86_400;

const DEFAULT_SECONDS: Readonly<Record<UploadTicket['protocol'], number>> = {
  post: 3600,
  tus: MAX_SECONDS,
  multipart: MAX_SECONDS,
};

/**
 * Lifetime of a ticket in seconds: the option when it is set, else one hour for a form and 24 hours for protocols that resume.
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
