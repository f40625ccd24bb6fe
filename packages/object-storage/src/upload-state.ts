import type { CustomMetadata, Timestamp } from '@videostorage/core';
import { z } from 'zod';
import { parseJson } from './parse-json.ts';

/** What the reference carries beside its claims: facts of the request until they are recorded, and the dialect's state. */
export interface UploadState {
  /** When the upload was created. */
  readonly createdAt: Timestamp;
  /** Display name. */
  readonly fileName: string;
  /** The host app's own short strings. */
  readonly custom?: CustomMetadata | undefined;
  /** The `state` of `CreatedUpload`. */
  readonly state?: string | undefined;
}

const schema = z.strictObject({
  t: z.iso.datetime({ precision: 3 }),
  n: z.string().max(255),
  c: z.record(z.string().max(64), z.string().max(512)).optional(),
  s: z.string().max(512).optional(),
});

/** The text that the reference carries. Its names have one letter, since every request of the upload sends it. */
export function stringifyUploadState(state: UploadState): string {
  return JSON.stringify({ t: state.createdAt, n: state.fileName, c: state.custom, s: state.state });
}

/** Reads what `stringifyUploadState` wrote. @throws {BackendError} the reference was signed for something else */
export function parseUploadState(text: string | undefined): UploadState {
  const { t, n, c, s } = parseJson('The state of the upload reference', text ?? '', schema);
  return { createdAt: t, fileName: n, ...(c !== undefined && { custom: c }), ...(s !== undefined && { state: s }) };
}
