import type { LogSink } from '../contract/log-record.ts';
import { escapeControls } from './escape-controls.ts';

/** The part of `console` that `consoleSink` uses. */
export interface ConsoleLike {
  /** Takes a line of level debug. */
  debug(line: string): void;
  /** Takes a line of level info. */
  info(line: string): void;
  /** Takes a line of level warn. */
  warn(line: string): void;
  /** Takes a line of level error. */
  error(line: string): void;
}

/**
 * A sink that writes each event as one line of JSON with the console method of its level: in Node.js debug and info go to
 * standard output, warn and error to standard error. Control characters are escaped. Default: the global console.
 */
export function consoleSink(target: ConsoleLike = console): LogSink {
  return (record) => target[record.level](escapeControls(JSON.stringify(record)));
}
