import type { OmitFromEach } from '../contract/omit-from-each.ts';
import type { UploadRequest, UploadTicket } from '../contract/upload.ts';

/** A validated request; its id is chosen. */
export type IdentifiedUploadRequest = UploadRequest & {
  /** 32 hex digits: the caller's, else random. */
  readonly uploadId: string;
};

/** The upload that a backend created; the template adds the reference. */
export type IssuedUpload = OmitFromEach<UploadTicket, 'uploadReference'> & {
  /** What the backend needs again at confirm, signed into the reference. The browser can read it. */
  readonly state?: string;
};
