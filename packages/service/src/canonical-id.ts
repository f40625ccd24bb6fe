import { ValidationError, Validator } from '@videostorage/core';

const VALIDATOR = new Validator();

/** An id of a person, context or tenant in canonical form, by the rule of upload requests; undefined when it is none. */
export function canonicalId(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const request = { userId: value, fileName: 'video.mp4', mimeType: 'video/mp4', sizeBytes: 1 };
  try {
    return VALIDATOR.validateUploadRequest(request).userId;
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}
