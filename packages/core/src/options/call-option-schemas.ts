import type { CallOptions, ConfirmOptions, UploadCallOptions } from '../contract/storage.ts';
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

/** The same for a call on an upload. */
export const uploadCallOptionSchemas: OptionSchemas<UploadCallOptions> = { ...callOptionSchemas, userId: anything };

/** The same for `confirmUpload`: what accepts content that nobody could look at is true or false, and nothing that JavaScript takes for it. */
export const confirmOptionSchemas: OptionSchemas<ConfirmOptions> = {
  ...uploadCallOptionSchemas,
  acceptUnverified: optional(booleanOption),
};
