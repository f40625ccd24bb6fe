import type { Problem } from '../contract/problem.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { extensionForMimeType, mimeTypeForPreferredExtension } from './media-types.ts';
import { isRandomId } from './random-id.ts';

const VIDEO_ID = /^[A-Za-z0-9_-]{1,64}$/;
const OBJECT_VIDEO_ID = /^([0-9a-f]{32})-([a-z0-9]{2,5})$/;

/** What the video id of an object store contains, so that no request is needed. */
export interface ObjectVideoId {
  /** Id of the upload: 32 hexadecimal digits. */
  readonly uploadId: string;
  /** Extension of the stored original, without the dot. */
  readonly extension: string;
  /** Canonical type of the stored original. */
  readonly mimeType: string;
}

/** Whether a value has the form of a video id: `[A-Za-z0-9_-]{1,64}`. Takes any input. */
export function isVideoId(value: unknown): value is string {
  return typeof value === 'string' && VIDEO_ID.test(value);
}

/**
 * Makes the video id of an object store: `<uploadId>-<ext>`. Key, extension and type follow from it without a request.
 * @throws {ValidationError} when the upload id is not 32 lower-case hexadecimal digits or the type is not in the table
 */
export function objectVideoId(uploadId: string, mimeType: string): string {
  const extension = extensionForMimeType(mimeType);
  if (isRandomId(uploadId) && extension !== undefined) return `${uploadId}-${extension}`;
  const problems: Problem[] = [];
  if (!isRandomId(uploadId)) {
    problems.push({
      path: 'uploadId',
      code: 'ID_INVALID',
      message: 'The id of an upload must be 32 hexadecimal digits in lower case.',
    });
  }
  if (extension === undefined) {
    problems.push({
      path: 'mimeType',
      code: 'TYPE_NOT_ALLOWED',
      message: 'The type of the file is not a known video type.',
    });
  }
  throw new ValidationError(problems);
}

/** Parses what `objectVideoId` made; undefined for everything else. Takes any input. */
export function parseObjectVideoId(videoId: unknown): ObjectVideoId | undefined {
  const [, uploadId, extension] = (typeof videoId === 'string' && OBJECT_VIDEO_ID.exec(videoId)) || [];
  if (uploadId === undefined || extension === undefined) return undefined;
  // Only the preferred extension is valid, so that each video has exactly one id.
  const mimeType = mimeTypeForPreferredExtension(extension);
  return mimeType === undefined ? undefined : { uploadId, extension, mimeType };
}
