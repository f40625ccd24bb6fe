import type { SignedPart } from '@videostorage/core';
import { expect, test } from 'vitest';
import { createHttpTransport } from '../create-http-transport.ts';
import { PartSignatures } from './part-signatures.ts';

const { signal } = new AbortController();
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

function signing({ lifeMs = 3_600_000, batch = 20, fails = 0 } = {}) {
  let nowMs = Date.UTC(2026, 10, 28);
  const asked: (readonly number[])[] = [];
  const transport = {
    ...createHttpTransport('/'),
    async signParts(_: string, partNumbers: readonly number[]): Promise<readonly SignedPart[]> {
      asked.push(partNumbers);
      if (asked.length <= fails) throw new Error('away');
      const expiresAt = new Date(nowMs + lifeMs).toISOString();
      return partNumbers.map((partNumber) => ({ partNumber, url: `${nowMs}`, headers: {}, sizeBytes: 1, expiresAt }));
    },
  };
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const signatures = new PartSignatures(transport, 'reference', batch, clock);
  const skip = (ms: number) => {
    nowMs += ms;
  };
  return { asked, signatures, skip };
}

test('parts are signed in batches shortly before they are sent, each once', async () => {
  const { asked, signatures } = signing();
  const left = upTo(50);
  for (let part = left.shift(); part !== undefined; part = left.shift()) await signatures.of(part, left, signal);
  expect(asked.map(({ length }) => length)).toEqual([20, 20, 10]);
  expect(asked.flat()).toEqual(upTo(50));
});

test('several that ask at once get one batch', async () => {
  const { asked, signatures } = signing();
  const parts = await Promise.all([1, 2, 3, 4].map((part) => signatures.of(part, upTo(10), signal)));
  expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4]);
  expect(asked).toHaveLength(1);
});

test('uppy#1724: one with less than a minute left is asked for anew, one with more is not', async () => {
  const { asked, signatures, skip } = signing({ lifeMs: 600_000 });
  await signatures.of(1, [2], signal);
  skip(539_999);
  await signatures.of(2, [], signal);
  expect(asked).toHaveLength(1);
  skip(1);
  await signatures.of(2, [], signal);
  expect(asked).toEqual([[1, 2], [2]]);
});

test('a fresh one is used though this computer’s clock says that it has run out', async () => {
  const { signatures } = signing({ lifeMs: -1 });
  expect(await signatures.of(1, [], signal)).toMatchObject({ partNumber: 1 });
});

test('one that was dropped is asked for anew', async () => {
  const { asked, signatures } = signing();
  await signatures.of(1, [], signal);
  signatures.drop(1);
  await signatures.of(1, [], signal);
  expect(asked).toEqual([[1], [1]]);
});

test('whoever asks after a failure asks for itself', async () => {
  const { asked, signatures } = signing({ fails: 1 });
  const [first, second] = await Promise.allSettled([signatures.of(1, [2], signal), signatures.of(2, [], signal)]);
  expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
  expect(asked).toHaveLength(2);
});
