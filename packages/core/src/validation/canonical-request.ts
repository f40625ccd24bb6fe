import type { Problem } from '../contract/problem.ts';
import type { UploadRequest } from '../contract/upload.ts';
import type { Checked } from './checked.ts';
import { validateCustomMetadata } from './custom-metadata.ts';
import { validateDuration } from './duration.ts';
import { validateFileName } from './file-name.ts';
import { validateFileSize } from './file-size.ts';
import { isForbiddenKey } from './forbidden-keys.ts';
import { validateIdentifier } from './identifier.ts';
import { validateMimeType } from './mime-type.ts';
import { ownMember } from './own-member.ts';
import { validateUploadId } from './upload-id.ts';
import type { ResolvedValidatorOptions } from './validator-options.ts';

const REQUIRED = { userId: 'string', fileName: 'string', sizeBytes: 'number', mimeType: 'string' };
const OPTIONAL = {
  contextId: 'string',
  tenantId: 'string',
  maxDurationSeconds: 'number',
  custom: 'object',
  uploadId: 'string',
};

/**
 * Validates all members of an upload request, in their order. The value is a new frozen object of the known members alone. It
 * calls no getter and reads no prototype.
 */
export function canonicalRequest(
  input: object,
  limits: Omit<ResolvedValidatorOptions, 'rules'>,
): Checked<UploadRequest> {
  const problems: Problem[] = [];
  if (Object.getOwnPropertyNames(input).some(isForbiddenKey)) {
    problems.push({
      path: '',
      code: 'OPTION_INVALID',
      message: 'A member of the request has a name that is reserved.',
    });
  }
  const take = <T>(checked: Checked<T>): T => {
    problems.push(...checked.problems);
    return checked.value;
  };
  const member = (name: keyof UploadRequest) => ownMember(input, name);
  const [contextId, tenantId] = [member('contextId'), member('tenantId')];
  const [custom, uploadId] = [member('custom'), member('uploadId')];
  const [asked, fallback] = [member('maxDurationSeconds'), limits.defaultMaxDurationSeconds];
  const maxDurationSeconds = asked === undefined ? fallback : asked;
  const value: UploadRequest = {
    userId: take(validateIdentifier('userId', member('userId'))),
    ...(contextId !== undefined && { contextId: take(validateIdentifier('contextId', contextId)) }),
    ...(tenantId !== undefined && { tenantId: take(validateIdentifier('tenantId', tenantId)) }),
    fileName: take(validateFileName('fileName', member('fileName'))),
    sizeBytes: take(validateFileSize('sizeBytes', member('sizeBytes'), limits.maxSizeBytes)),
    mimeType: take(validateMimeType(member('mimeType'), member('fileName'), limits.mimeTypes)),
    ...(maxDurationSeconds !== undefined && {
      maxDurationSeconds: take(validateDuration('maxDurationSeconds', maxDurationSeconds, limits.maxDurationSeconds)),
    }),
    ...(custom !== undefined && { custom: take(validateCustomMetadata('custom', custom)) }),
    ...(uploadId !== undefined && { uploadId: take(validateUploadId('uploadId', uploadId)) }),
  };
  return { value: Object.freeze(value), problems };
}

/** Whether every member has its JavaScript type, so that rules of the host app can read it, valid or not. */
export function isWellTyped(input: object): boolean {
  const typed = (name: string, type: string) => typeof ownMember(input, name) === type;
  return (
    Object.entries(REQUIRED).every(([name, type]) => typed(name, type)) &&
    Object.entries(OPTIONAL).every(([name, type]) => ownMember(input, name) === undefined || typed(name, type))
  );
}
