import {
  type CallOptions,
  ConflictError,
  checkCallOptions,
  type Logger,
  sanitizeFileName,
  type UpdateVideoBody,
  ValidationError,
  Validator,
  type VideoMetadata,
  VideoNotFoundError,
} from '@videostorage/core';
import type { Actor } from './actor.ts';
import type { EventLog } from './event-log.ts';
import { UPDATE_BODY } from './request-bodies.ts';
import { requestOf } from './request-of.ts';
import type { Rights } from './rights.ts';
import { toVideoMetadata } from './to-video-metadata.ts';
import type { VideoRecord, VideoRecordPatch } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

const VALIDATOR = new Validator();
/** An update that meets other changes is tried again. */
const MAX_TRIES = 10;

/** Changes the display name and the custom strings of a record. */
export class VideoUpdates {
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #rights: Rights;
  readonly #logger: Logger;

  constructor(parts: { records: VideoRecords; events: EventLog; rights: Rights; logger: Logger }) {
    this.#records = parts.records;
    this.#events = parts.events;
    this.#rights = parts.rights;
    this.#logger = parts.logger;
  }

  /** @throws {VideoNotFoundError} @throws {ValidationError} @throws {ConflictError} each try met another change */
  async update(actor: Actor, videoId: string, body: UpdateVideoBody, options: CallOptions): Promise<VideoMetadata> {
    const patch = canonicalUpdate(body);
    let record: VideoRecord | undefined = await this.#rights.recordFor(actor, videoId, 'video.update', options);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (record?.status !== 'processing' && record?.status !== 'ready') throw new VideoNotFoundError();
      const changed = await this.#records.update(record.id, record.version, patch);
      if (changed !== undefined) {
        this.#logger.log('info', 'video.updated', {
          videoId: record.id,
          userId: actor.userId,
          ...requestOf(options),
        });
        await this.#events.append({
          ...{ recordId: record.id, occurrence: changed.version, event: 'video.updated', outcome: 'ok' },
          ...{ userId: actor.userId, role: actor.roles[0] ?? null, contextId: record.contextId },
          ...{ errorCode: null, elapsedMs: null },
        });
        return toVideoMetadata(changed);
      }
      record = await this.#records.get(videoId);
    }
    throw new ConflictError('The video is being changed by others; please try again.');
  }
}

/**
 * A change of name and custom strings in canonical form; absent members stay unchanged. @throws {ValidationError} with every
 * problem
 */
function canonicalUpdate(body: UpdateVideoBody): VideoRecordPatch {
  const { fileName, custom } = checkCallOptions(body, UPDATE_BODY);
  const nameProblems = fileName === undefined ? [] : VALIDATOR.validateFileName(fileName);
  const customResult = custom === undefined ? undefined : canonicalCustom(custom);
  const problems = [...nameProblems, ...(customResult?.problems ?? [])];
  if (problems.length > 0) throw new ValidationError(problems);
  return {
    // The validator accepts names that can be made safe, of any length; they are stored in the same form as for an upload.
    ...(fileName !== undefined && { fileName: sanitizeFileName(fileName) }),
    ...(customResult?.value !== undefined && { custom: customResult.value }),
  };
}

/** The rule for custom strings is that of an upload request, so a request with them is validated. */
function canonicalCustom(custom: UpdateVideoBody['custom']) {
  const request = { userId: 'user', fileName: 'video.mp4', mimeType: 'video/mp4', sizeBytes: 1, custom };
  try {
    return { value: VALIDATOR.validateUploadRequest(request).custom ?? {}, problems: [] };
  } catch (error) {
    if (error instanceof ValidationError) return { value: undefined, problems: error.problems };
    throw error;
  }
}
