import { expect, test, vi } from 'vitest';
import { newChange } from '../testing/log/new-entry.ts';
import { MemoryEventLog } from './memory-event-log.ts';

test('options are strict, and a chain needs a secret of 32 bytes', () => {
  expect(() => new MemoryEventLog({ secrets: [] })).toThrow('`secrets`');
  expect(() => new MemoryEventLog({ secrets: ['short'] })).toThrow('at least 32 bytes');
  expect(() => Reflect.construct(MemoryEventLog, [{ secrets: ['x'.repeat(32)], clock: 1 }])).toThrow('must be a Clock');
});

test('after a change that could not be written, the next one is linked to the last one that was', async () => {
  const now = vi.fn(() => 0);
  const log = new MemoryEventLog({ secrets: ['x'.repeat(32)], clock: { now } });
  const add = (occurrence: number) => log.append(newChange({ recordId: 'r', event: 'video.updated', occurrence }));
  await add(1);
  now.mockReturnValueOnce(Number.NaN);
  await expect(add(2)).rejects.toThrow();
  expect(await add(3)).toMatchObject({ sequence: 2 });
  expect(await log.verify('r')).toBeUndefined();
});
