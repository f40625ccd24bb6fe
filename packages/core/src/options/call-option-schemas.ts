import type { CallOptions, UploadCallOptions } from '../contract/storage.ts';
import { optionOf } from './option-of.ts';
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
