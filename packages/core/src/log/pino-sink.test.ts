import { expect, test } from 'vitest';
import type { LogRecord } from '../contract/log-record.ts';
import { pinoSink } from './pino-sink.ts';

/** Has pino's shape; like pino's, its functions must be called as methods. */
class ShapedLikePino {
  readonly calls: unknown[] = [];

  debug(...args: [object, string]): void {
    this.calls.push(['debug', ...args]);
  }

  info(...args: [object, string]): void {
    this.calls.push(['info', ...args]);
  }

  warn(...args: [object, string]): void {
    this.calls.push(['warn', ...args]);
  }

  error(...args: [object, string]): void {
    this.calls.push(['error', ...args]);
  }
}

test.each(['debug', 'info', 'warn', 'error'] as const)('passes fields and name as %s', (level) => {
  const logger = new ShapedLikePino();
  const fields: Omit<LogRecord, 'level'> = { at: '2026-11-24T00:00:00.000Z', event: 'video.ready', videoId: 'v-1' };
  pinoSink(logger)({ ...fields, level });
  expect(logger.calls).toStrictEqual([[level, fields, 'video.ready']]);
});
