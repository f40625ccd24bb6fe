import type { UploadTicket } from '../contract/upload.ts';

const HOUR_SECONDS = 3600;
/** Also the most that `uploadExpiresInSeconds` may be: the sweep frees uploads after this and 24 h of grace. */
const DAY_SECONDS = 86_400;

/** Lifetime of a ticket in seconds, where no option says it: one hour for a form, 24 hours for protocols that resume. */
export const DEFAULT_TICKET_SECONDS: Readonly<Record<UploadTicket['protocol'], number>> = {
  post: HOUR_SECONDS,
  tus: DAY_SECONDS,
  multipart: DAY_SECONDS,
};
