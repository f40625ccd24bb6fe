import type { LogRecord, LogSink } from '../contract/log-record.ts';

/** The fields of an event as a pino-like logger takes them; the level is the method's. */
export type PinoFields = Omit<LogRecord, 'level'>;

/** A logger of the shape that pino has, and others share: an object of fields first, then the message. */
export interface PinoLike {
  /** Takes an event of level debug. */
  debug(fields: PinoFields, message: string): void;
  /** Takes an event of level info. */
  info(fields: PinoFields, message: string): void;
  /** Takes an event of level warn. */
  warn(fields: PinoFields, message: string): void;
  /** Takes an event of level error. */
  error(fields: PinoFields, message: string): void;
}

/** Hands each event to the logger's method of its level: the fields, and the event's name as the message. */
export function pinoSink(logger: PinoLike): LogSink {
  return ({ level, ...fields }) => logger[level](fields, fields.event);
}
