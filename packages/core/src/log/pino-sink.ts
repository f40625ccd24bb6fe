import type { LogRecord, LogSink } from '../contract/log-record.ts';

/** The fields of an event for a logger like pino, whose methods stand for the levels. */
export type PinoFields = Omit<LogRecord, 'level'>;

/** A logger with the signature of pino: an object of fields first, then the message. */
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

/** Creates a sink that calls the logger's method for the level of each event, with the event's fields, and its name as the message. */
export function pinoSink(logger: PinoLike): LogSink {
  return ({ level, ...fields }) => logger[level](fields, fields.event);
}
