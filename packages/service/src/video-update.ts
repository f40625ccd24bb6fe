import { type UpdateVideoBody, ValidationError, Validator } from '@videostorage/core';
import type { VideoRecordPatch } from './video-record.ts';

const VALIDATOR = new Validator();

/** A change of name and own strings in canonical form; what is absent stays. @throws {ValidationError} with every problem */
export function canonicalUpdate({ fileName, custom }: UpdateVideoBody): VideoRecordPatch {
  const nameProblems = fileName === undefined ? [] : VALIDATOR.validateFileName(fileName);
  const customResult = custom === undefined ? undefined : canonicalCustom(custom);
  const problems = [...nameProblems, ...(customResult?.problems ?? [])];
  if (problems.length > 0) throw new ValidationError(problems);
  return {
    ...(fileName !== undefined && { fileName: fileName.normalize('NFC') }),
    ...(customResult?.value !== undefined && { custom: customResult.value }),
  };
}

/** The rule for own strings is that of an upload request, so one is asked about them. */
function canonicalCustom(custom: UpdateVideoBody['custom']) {
  const request = { userId: 'user', fileName: 'video.mp4', mimeType: 'video/mp4', sizeBytes: 1, custom };
  try {
    return { value: VALIDATOR.validateUploadRequest(request).custom ?? {}, problems: [] };
  } catch (error) {
    if (error instanceof ValidationError) return { value: undefined, problems: error.problems };
    throw error;
  }
}
