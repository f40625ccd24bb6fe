import type { LogRecord } from '../contract/log-record.ts';
import { isTimestamp } from '../time/timestamp.ts';
import { logText } from './log-text.ts';

/** The fields of an event other than time, level and name. */
export type LogFields = Omit<LogRecord, 'at' | 'level' | 'event'>;

/** Valid ids have at most 128 bytes; the rest is room for escapes. */
const MAX_ID_LENGTH = 256;
const MAX_MESSAGE_LENGTH = 1024;

type FieldType = 'id' | 'message' | 'number' | 'timestamp';

/** The allow-list: nothing else is logged. */
const FIELD_TYPES: { readonly [K in keyof Required<LogFields>]: FieldType } = {
  backendName: 'id',
  operation: 'id',
  videoId: 'id',
  userId: 'id',
  contextId: 'id',
  role: 'id',
  requestId: 'id',
  sizeBytes: 'number',
  durationSeconds: 'number',
  code: 'id',
  message: 'message',
  attempt: 'number',
  delayMs: 'number',
  elapsedMs: 'number',
  scope: 'id',
  limit: 'number',
  retryAfterMs: 'number',
  expiresAt: 'timestamp',
};

const FIELDS: readonly (readonly [string, FieldType])[] = Object.entries(FIELD_TYPES);

/**
 * A new object with the fields of the allow-list, scrubbed. A value of the wrong type, or a number that is not finite, is
 * omitted.
 */
export function toLogFields(given: LogFields, scrub: (text: string) => string): LogFields {
  const values: Readonly<Record<string, unknown>> = { ...given };
  const fields: Record<string, string | number> = {};
  for (const [name, type] of FIELDS) {
    const value = toValue(type, values[name], scrub);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

function toValue(type: FieldType, value: unknown, scrub: (text: string) => string): string | number | undefined {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (type === 'timestamp') return isTimestamp(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return logText(value, type === 'message' ? MAX_MESSAGE_LENGTH : MAX_ID_LENGTH, scrub);
}
