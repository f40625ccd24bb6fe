import {
  type ConfirmUploadBody,
  callOptionSchemas,
  type OptionSchema,
  type OptionSchemas,
  optionOf,
  type PlaybackBody,
  type UpdateVideoBody,
} from '@videostorage/core';
import type { MemberSchemas } from './member-schemas.ts';
import type { ServiceUploadRequest, UploadRequestOptions } from './upload-requests.ts';

/** A member that the code that uses it checks: here it is only read by its name, once. */
function member<Value>(): OptionSchema<Value> {
  return optionOf((_value): _value is Value => true, 'may be anything');
}

/** Options of `getUploadUrl`, by name. */
export const UPLOAD_REQUEST_OPTIONS: OptionSchemas<UploadRequestOptions> = {
  ...callOptionSchemas,
  idempotencyKey: member(),
};

/** Members of an upload request. Others are refused: a misspelt limit or context would have no effect. */
export const UPLOAD_REQUEST: MemberSchemas<ServiceUploadRequest> = {
  ...{ fileName: member<string>(), sizeBytes: member<number>(), mimeType: member<string>() },
  contextId: member(),
  submissionId: member(),
  maxDurationSeconds: member(),
  custom: member(),
};

/** Members of the body of a confirm. Others are refused, such as options of the call, which would be ignored here. */
export const CONFIRM_BODY: MemberSchemas<ConfirmUploadBody> = { durationSeconds: member() };

/**
 * Members of a browser's request for a grant. Others are refused, such as a lifetime or an address range, which would be
 * ignored here.
 */
export const PLAYBACK_BODY: MemberSchemas<PlaybackBody> = { kind: member() };

/** Members that can change. Others are refused: with a misspelt one the call would succeed and change nothing. */
export const UPDATE_BODY: MemberSchemas<UpdateVideoBody> = { fileName: member(), custom: member() };
