import type { CallOptions, ConfirmOptions, ListOptions, UploadCallOptions } from '../contract/storage.ts';
import { booleanOption } from './boolean-option.ts';
import { optional, optionOf } from './option-of.ts';
import type { OptionSchemas } from './option-schema.ts';

const anything = optionOf((_value): _value is unknown => true, 'may be anything');

/** Names of the options of every call, for those who refuse unknown ones; whoever makes the call checks their values. */
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

/** Names of the options of a call on an upload; whoever makes the call checks their values. */
export const uploadCallOptionSchemas: OptionSchemas<UploadCallOptions> = { ...callOptionSchemas, userId: anything };

/** Options of `confirmUpload`: what accepts content that nobody could look at is true or false, and nothing that JavaScript takes for it. */
export const confirmOptionSchemas: OptionSchemas<ConfirmOptions> = {
  ...uploadCallOptionSchemas,
  acceptUnverified: optional(booleanOption),
};
