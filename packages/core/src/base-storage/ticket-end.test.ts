import { expect, test } from 'vitest';
import { ticketEndsAtMs } from './ticket-end.ts';

test('a ticket ends a day before its reference', () => {
  expect(ticketEndsAtMs({ validUntil: '2026-11-25T10:00:00.000Z' })).toBe(Date.parse('2026-11-24T10:00:00.000Z'));
});
