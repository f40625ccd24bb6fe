import type { SignedPart } from '@videostorage/core';
import { expect, test } from 'vitest';
import { createHttpTransport } from '../create-http-transport.ts';
import type { TransportOptions } from '../upload-transport.ts';
import { PartSignatures } from './part-signatures.ts';

const { signal } = new AbortController();
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

function signing({ lifeMs = 3_600_000, batch = 20, fails = 0 } = {}) {
  let nowMs = Date.UTC(2026, 10, 28);
  let tickMs = 86_400_000;
  const asked: (readonly number[])[] = [];
  const signals: unknown[] = [];
  const transport = {
    ...createHttpTransport('/'),
    async signParts(
      _: string,
      partNumbers: readonly number[],
      options: TransportOptions,
    ): Promise<readonly SignedPart[]> {
      asked.push(partNumbers);
      signals.push(options.signal);
      if (asked.length <= fails) throw new Error('away');
      const expiresAt = new Date(nowMs + lifeMs).toISOString();
      return partNumbers.map((partNumber) => ({ partNumber, url: `${nowMs}`, headers: {}, sizeBytes: 1, expiresAt }));
    },
  };
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const signatures = new PartSignatures(transport, 'reference', batch, clock, () => tickMs);
  const set = (ms: number) => {
    nowMs += ms;
  };
  const skip = (ms: number) => {
    nowMs += ms;
    tickMs += ms;
  };
  return { asked, signals, signatures, skip, set };
}

test('parts are signed in batches shortly before they are sent, once each', async () => {
  const { asked, signatures } = signing();
  const left = upTo(50);
  for (let part = left.shift(); part !== undefined; part = left.shift()) await signatures.of(part, left, signal);
  expect(asked.map(({ length }) => length)).toEqual([20, 20, 10]);
  expect(asked.flat()).toEqual(upTo(50));
});

test('a request has the signal of the call that sends it, so that it ends with a pause of the upload', async () => {
  const { signals, signatures } = signing({ batch: 1 });
  const other = new AbortController();
  await signatures.of(1, [], signal);
  await signatures.of(2, [], other.signal);
  expect([signals[0] === signal, signals[1] === other.signal]).toEqual([true, true]);
});

test('requests at the same time share one batch', async () => {
  const { asked, signatures } = signing();
  const parts = await Promise.all([1, 2, 3, 4].map((part) => signatures.of(part, upTo(10), signal)));
  expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4]);
  expect(asked).toHaveLength(1);
});

test('uppy#1724: a signature with a minute left or less is replaced, one with more is not', async () => {
  const { asked, signatures, skip } = signing({ lifeMs: 600_000 });
  await signatures.of(1, [2], signal);
  skip(539_999);
  await signatures.of(2, [], signal);
  expect(asked).toHaveLength(1);
  skip(1);
  await signatures.of(2, [], signal);
  expect(asked).toEqual([[1, 2], [2]]);
});

test('a fresh signature is used although it has expired by this computer’s clock', async () => {
  const { signatures } = signing({ lifeMs: -1 });
  expect(await signatures.of(1, [], signal)).toMatchObject({ partNumber: 1 });
});

test('a clock that is set back makes no signature younger', async () => {
  const { asked, signatures, skip, set } = signing({ lifeMs: 600_000 });
  await signatures.of(1, [], signal);
  set(-86_400_000);
  skip(539_999);
  await signatures.of(1, [], signal);
  expect(asked).toHaveLength(1);
  skip(1);
  await signatures.of(1, [], signal);
  expect(asked).toHaveLength(2);
});

test('a clock that is set forward causes one more request, and the new signature is used', async () => {
  const { asked, signatures, set } = signing({ lifeMs: 600_000 });
  await signatures.of(1, [], signal);
  set(86_400_000);
  for (let times = 0; times < 3; times++) await signatures.of(1, [], signal);
  expect(asked).toHaveLength(2);
});

test('the time that a computer slept counts in the age, although the monotonic clock stood still', async () => {
  const { asked, signatures, set } = signing({ lifeMs: 600_000 });
  await signatures.of(1, [], signal);
  set(540_000);
  await signatures.of(1, [], signal);
  expect(asked).toHaveLength(2);
});

test('a signature that has expired by this computer’s clock is used for five minutes minus the last one', async () => {
  const { asked, signatures, skip } = signing({ lifeMs: 60_000 });
  await signatures.of(1, [], signal);
  skip(239_999);
  await signatures.of(1, [], signal);
  expect(asked).toHaveLength(1);
  skip(1);
  await signatures.of(1, [], signal);
  expect(asked).toHaveLength(2);
});

test('an answer without the requested part is an error', async () => {
  const transport = { ...createHttpTransport('/'), signParts: async () => [] };
  const signatures = new PartSignatures(transport, 'reference', 20, { now: () => 0 });
  await expect(signatures.of(1, [], signal)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE', retryable: true });
});

test('a dropped signature is requested again', async () => {
  const { asked, signatures } = signing();
  await signatures.of(1, [], signal);
  signatures.drop(1);
  await signatures.of(1, [], signal);
  expect(asked).toEqual([[1], [1]]);
});

test('a failed request does not fail the call that waited for it', async () => {
  const { asked, signatures } = signing({ fails: 1 });
  const [first, second] = await Promise.allSettled([signatures.of(1, [2], signal), signatures.of(2, [], signal)]);
  expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
  expect(asked).toHaveLength(2);
});
