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

/** A member that whoever uses it checks: it is read by its name, once. */
function member<Value>(): OptionSchema<Value> {
  return optionOf((_value): _value is Value => true, 'may be anything');
}

/** Options of `getUploadUrl`, by name. */
export const UPLOAD_REQUEST_OPTIONS: OptionSchemas<UploadRequestOptions> = {
  ...callOptionSchemas,
  idempotencyKey: member(),
};

/** Members of an upload request: a misspelt limit or context would be none. */
export const UPLOAD_REQUEST: MemberSchemas<ServiceUploadRequest> = {
  ...{ fileName: member<string>(), sizeBytes: member<number>(), mimeType: member<string>() },
  contextId: member(),
  submissionId: member(),
  maxDurationSeconds: member(),
  custom: member(),
};

/** Members of a confirm: options of the call in their place would be ignored. */
export const CONFIRM_BODY: MemberSchemas<ConfirmUploadBody> = { durationSeconds: member() };

/** Members of what a browser asks for in a grant: a lifetime or an address range in their place would be ignored. */
export const PLAYBACK_BODY: MemberSchemas<PlaybackBody> = { kind: member() };

/** Members that can change: a misspelt one would be answered as if it were done. */
export const UPDATE_BODY: MemberSchemas<UpdateVideoBody> = { fileName: member(), custom: member() };
