import { MEDIA_TYPES, mimeTypeForExtension, mimeTypeLabel, PLAYABLE_MIME_TYPES, Validator } from '@videostorage/core';
import { createHttpTransport } from '../create-http-transport.ts';
import { createUploader } from '../create-uploader.ts';
import type { UploadTransport } from '../upload-transport.ts';
import type { Uploader } from '../uploader.ts';
import type { ElementSettings } from './element-settings.ts';

/** What a validator accepts, for display and for the file dialog. */
export interface AcceptedFiles {
  /** Common names of the types, such as `MP4`. */
  readonly types: readonly string[];
  /** Largest file, in bytes. */
  readonly maxSizeBytes: number;
  /**
   * For `accept` of the file dialog. Systems know few MIME types of videos, so the extensions are listed too; `video/*` makes
   * phones offer their camera.
   */
  readonly dialog: string;
}

/** Describes what a validator accepts. */
export function acceptedFiles({ mimeTypes, maxSizeBytes }: Validator): AcceptedFiles {
  const known = MEDIA_TYPES.filter(({ mimeType }) => mimeTypes.includes(mimeType));
  const extensions = known.flatMap((type) => type.extensions.map((extension) => `.${extension}`));
  return { types: mimeTypes.map(mimeTypeLabel), maxSizeBytes, dialog: ['video/*', ...extensions].join(',') };
}

/** The validator for the attributes. @throws {ConfigurationError} `accept` names a type that is not a video type */
export function validatorOf({ accept = '', maxSizeBytes }: ElementSettings): Validator {
  const tokens = accept.split(',').map((token) => token.trim());
  const mimeTypes = tokens.filter((token) => token !== '').flatMap(typesOf);
  return new Validator({ maxSizeBytes, mimeTypes: mimeTypes.length === 0 ? undefined : mimeTypes });
}

/** A queue for one element. @throws {ConfigurationError} `max-files` or `max-parts` is out of bounds */
export function ownQueue(
  { endpoint, maxFiles, maxParts, guardUnload }: ElementSettings,
  validator: Validator,
  transport: UploadTransport = createHttpTransport(endpoint),
): Uploader {
  return createUploader({ transport, validator, maxFiles, maxParts, guardUnload });
}

function typesOf(token: string): readonly string[] {
  if (token === 'video/*') return PLAYABLE_MIME_TYPES;
  return [token.startsWith('.') ? (mimeTypeForExtension(token.slice(1).toLowerCase()) ?? token) : token];
}
