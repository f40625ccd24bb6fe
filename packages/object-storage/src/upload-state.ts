import type { CustomMetadata, Timestamp } from '@videostorage/core';
import { z } from 'zod';
import { parseJson } from './parse-json.ts';

/** What a request says beside its claims, and what the dialect needs again; carried by the reference until it is recorded. */
export interface UploadState {
  /** When the upload was created. */
  readonly createdAt: Timestamp;
  /** Display name. */
  readonly fileName: string;
  /** The host's own short strings. */
  readonly custom?: CustomMetadata;
  /** The dialect's own. */
  readonly state?: string;
}

const schema = z.strictObject({
  t: z.iso.datetime({ precision: 3 }),
  n: z.string().max(255),
  c: z.record(z.string().max(64), z.string().max(512)).optional(),
  s: z.string().max(512).optional(),
});

/** As text for the signed reference, under names of one letter since it travels with every request of the upload. */
export function stringifyUploadState(state: UploadState): string {
  return JSON.stringify({ t: state.createdAt, n: state.fileName, c: state.custom, s: state.state });
}

/** Reads what `stringifyUploadState` wrote. @throws {BackendError} the reference was signed for something else */
export function parseUploadState(text: string | undefined): UploadState {
  const { t, n, c, s } = parseJson('The state of the upload reference', text ?? '', schema);
  return { createdAt: t, fileName: n, ...(c !== undefined && { custom: c }), ...(s !== undefined && { state: s }) };
}
