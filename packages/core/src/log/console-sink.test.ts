import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LogRecord } from '../contract/log-record.ts';
import { consoleSink } from './console-sink.ts';

const record: LogRecord = { at: '2026-11-24T00:00:00.000Z', level: 'info', event: 'video.ready', videoId: 'v-1' };

/** A console that records each call. */
function recorder() {
  const calls: (readonly string[])[] = [];
  const note =
    (level: string) =>
    (...args: string[]) =>
      void calls.push([level, ...args]);
  return { calls, debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('consoleSink', () => {
  test.each(['debug', 'info', 'warn', 'error'] as const)('writes one line of JSON as %s', (level) => {
    const target = recorder();
    consoleSink(target)({ ...record, level });
    expect(target.calls).toEqual([[level, JSON.stringify({ ...record, level })]]);
  });

  test('writes to the global console by default', () => {
    const write = vi.spyOn(console, 'warn').mockReturnValue();
    consoleSink()({ ...record, level: 'warn' });
    expect(write.mock.calls).toEqual([[JSON.stringify({ ...record, level: 'warn' })]]);
  });

  test('ASVS 16.4.1: no text can leave its line or its JSON member', () => {
    const target = recorder();
    const userId = 'a\n{"event":"forged"}\r\u0085\u2028\u2029\u001b[2J\u202e\u0000"\\%s%o';
    consoleSink(target)({ ...record, userId });
    const line = target.calls[0]?.[1] ?? '';
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(JSON.parse(line)).toStrictEqual({ ...record, userId });
  });
});
