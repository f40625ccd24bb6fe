import { expect, test } from 'vitest';
import { MemoryEventLog } from './memory-event-log.ts';

test('options are strict, and a chain needs a secret of 32 bytes', () => {
  expect(() => new MemoryEventLog({ secrets: [] })).toThrow('`secrets`');
  expect(() => new MemoryEventLog({ secrets: ['short'] })).toThrow('at least 32 bytes');
  expect(() => Reflect.construct(MemoryEventLog, [{ secrets: ['x'.repeat(32)], clock: 1 }])).toThrow('must be a Clock');
});
