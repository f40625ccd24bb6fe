import type { CallOptions, ConfirmOptions, ListOptions, UploadCallOptions } from '../contract/storage.ts';
import { booleanOption } from './boolean-option.ts';
import { optional, optionOf } from './option-of.ts';
import type { OptionSchemas } from './option-schema.ts';

const anything = optionOf((_value): _value is unknown => true, 'may be anything');

/** Names of the options of every call, for code that refuses unknown names; the called method checks the values. */
export const callOptionSchemas: OptionSchemas<CallOptions> = {
  signal: anything,
  timeoutMs: anything,
  requestId: anything,
  onRateLimit: anything,
};

/** Names of the options of a listing, whose values `listVideos` checks. */
export const listOptionSchemas: OptionSchemas<ListOptions> = {
  ...callOptionSchemas,
  limit: anything,
  cursor: anything,
};

/** Names of the options of a call on an upload; the called method checks the values. */
export const uploadCallOptionSchemas: OptionSchemas<UploadCallOptions> = { ...callOptionSchemas, userId: anything };

/**
 * Options of `confirmUpload`: `acceptUnverified`, which accepts content that could not be inspected, must be exactly
 * true or false, not merely truthy.
 */
export const confirmOptionSchemas: OptionSchemas<ConfirmOptions> = {
  ...uploadCallOptionSchemas,
  acceptUnverified: optional(booleanOption),
};
