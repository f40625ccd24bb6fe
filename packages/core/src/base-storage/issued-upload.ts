import type { UploadRequest, UploadTicket, UploadTicketBase } from '../contract/upload.ts';

/** A validated request; its id is chosen. */
export type IdentifiedUploadRequest = UploadRequest & {
  /** 32 hex digits: the caller's, else random. */
  readonly uploadId: string;
};

type Issued<T> = T extends UploadTicketBase ? Omit<T, 'uploadReference'> : never;

/** The upload that a backend created; the template adds the reference. */
export type IssuedUpload = Issued<UploadTicket> & {
  /** What the backend needs again at confirm, signed into the reference. The browser can read it. */
  readonly state?: string;
};
