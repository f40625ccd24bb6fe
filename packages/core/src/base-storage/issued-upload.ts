import type { OmitFromEach } from '../contract/omit-from-each.ts';
import type { UploadRequest, UploadTicket } from '../contract/upload.ts';

/** A validated request with its upload id. */
export type IdentifiedUploadRequest = UploadRequest & {
  /** 32 hexadecimal digits: the caller's id, otherwise a random one. */
  readonly uploadId: string;
};

/** The upload that a backend created; `BaseStorage` adds the upload reference. */
export type IssuedUpload = OmitFromEach<UploadTicket, 'uploadReference'> & {
  /**
   * What the backend needs again at confirm; short, since a whole reference has at most 4 096 characters. It is signed
   * into the reference, not encrypted: the browser can read it.
   */
  readonly state?: string;
};
