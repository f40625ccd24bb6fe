import { join } from 'node:path';
import { parseObjectVideoId } from '@videostorage/core';

const UPLOAD_ID = /^[0-9a-f]{32}$/;

/** Where a video lives, and what its id says. */
export interface VideoLocation {
  /** Our id of the upload that it came from. */
  readonly uploadId: string;
  /** MIME type by the extension in the id. */
  readonly mimeType: string;
  /** Folder of the one video. */
  readonly folder: string;
  /** The stored original. */
  readonly source: string;
  /** What is known of it. */
  readonly record: string;
}

/**
 * Names below the storage's folder. Ids become paths here and nowhere else, and only after they match a pattern without
 * dots, slashes or anything else that a file system reads into.
 */
export class FolderLayout {
  /** Half-sent and not yet confirmed uploads: `<uploadId>` and `<uploadId>.json`. */
  readonly uploads: string;
  /** What is just becoming a video, or just being deleted. */
  readonly staging: string;
  /** Confirmed videos: `<uploadId>/source.<ext>` and `<uploadId>/video.json`. */
  readonly videos: string;

  /** Below this folder. */
  constructor(folder: string) {
    this.uploads = join(folder, 'uploads');
    this.staging = join(folder, 'staging');
    this.videos = join(folder, 'videos');
  }

  /** The bytes of an upload. @throws {RangeError} the id is not an upload's */
  upload(uploadId: string): string {
    return join(this.uploads, checked(uploadId));
  }

  /** What was promised about an upload. @throws {RangeError} the id is not an upload's */
  uploadRecord(uploadId: string): string {
    return join(this.uploads, `${checked(uploadId)}.json`);
  }

  /** Where an upload becomes a video. Undefined when the id is not one of this storage's. */
  stagedVideo(videoId: string): VideoLocation | undefined {
    return locate(this.staging, videoId);
  }

  /** Where a confirmed video is. Undefined when the id is not one of this storage's. */
  video(videoId: string): VideoLocation | undefined {
    return locate(this.videos, videoId);
  }

  /** Where the video is that an upload has become. @throws {RangeError} the id is not an upload's */
  videoOfUpload(uploadId: string): Pick<VideoLocation, 'folder' | 'record'> {
    const folder = join(this.videos, checked(uploadId));
    return { folder, record: join(folder, 'video.json') };
  }

  /** Where a video is moved to be deleted; nobody looks for it there. */
  trash(uploadId: string): string {
    return join(this.staging, `${TRASH_PREFIX}${checked(uploadId)}`);
  }
}

/** Names in `staging` that only wait to be removed. */
export const TRASH_PREFIX = 'deleted-';

/** Whether it can be an upload's id: 32 hexadecimal digits. */
export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

function checked(id: string): string {
  if (!isUploadId(id)) throw new RangeError('An id must be 32 hexadecimal digits.');
  return id;
}

function locate(parent: string, videoId: string): VideoLocation | undefined {
  const parsed = parseObjectVideoId(videoId);
  if (parsed === undefined) return undefined;
  const folder = join(parent, checked(parsed.uploadId));
  return {
    uploadId: parsed.uploadId,
    mimeType: parsed.mimeType,
    folder,
    source: join(folder, `source.${parsed.extension}`),
    record: join(folder, 'video.json'),
  };
}
