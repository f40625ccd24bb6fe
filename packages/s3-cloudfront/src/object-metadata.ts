import type { CustomMetadata, UploadRequest } from '@videostorage/core';
import { z } from 'zod';

/** The one user metadata field; sent as `x-amz-meta-videostorage`. */
export const METADATA_FIELD = 'videostorage';

/** What travels with an object. All of it stays under the 2 KB that S3 allows for user metadata. */
export interface ObjectMetadata {
  /** Who uploaded it. */
  readonly userId: string;
  /** What it belongs to. */
  readonly contextId?: string | undefined;
  /** Display name. */
  readonly fileName: string;
  /** The host's own strings. */
  readonly custom?: CustomMetadata | undefined;
}

const schema = z.object({
  userId: z.string().max(128),
  contextId: z.string().max(128).optional(),
  fileName: z.string().max(255),
  custom: z.record(z.string().max(64), z.string().max(512)).optional(),
});

/** S3's bound is 2 048 bytes for names and values together. */
const MAX_ENCODED_LENGTH = 2000;

/** The value of the metadata field: base64url of JSON, so that every header and form keeps it as it is. */
export function encodeObjectMetadata(request: UploadRequest): string {
  const { userId, contextId, fileName, custom } = request;
  const encoded = Buffer.from(JSON.stringify({ userId, contextId, fileName, custom })).toString('base64url');
  if (encoded.length <= MAX_ENCODED_LENGTH) return encoded;
  // 128 + 128 + 255 + 512 bytes fit; JSON's escapes of quotes and backslashes can make a file name longer than that.
  return Buffer.from(JSON.stringify({ userId, contextId, fileName: '', custom })).toString('base64url');
}

/** What travelled with an object; undefined for an object that did not come from here. */
export function decodeObjectMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): ObjectMetadata | undefined {
  const encoded = metadata?.[METADATA_FIELD];
  if (encoded === undefined || encoded.length > MAX_ENCODED_LENGTH) return undefined;
  const parsed = schema.safeParse(parseJson(Buffer.from(encoded, 'base64url').toString('utf8')));
  return parsed.success ? parsed.data : undefined;
}

/** Foreign objects may carry anything: what is no JSON is simply not ours. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
