import { HmacSigner, Secret } from '@videostorage/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeHmac } from './node-hmac.ts';

const secrets = [new Secret('a-secret-of-at-least-thirty-two-bytes'), new Secret('another-secret-of-thirty-two-bytes')];

test('signs and verifies as Web Crypto does', async () => {
  const [ours, theirs] = [new HmacSigner(secrets, 'test', nodeHmac), new HmacSigner(secrets, 'test')];
  const sameSignature = async (text: string) => {
    const signature = await ours.sign(text);
    expect(signature).toBe(await theirs.sign(text));
    expect(await theirs.verify(text, signature)).toBe(true);
    expect(await ours.verify(text, signature)).toBe(true);
    expect(await ours.verify(`${text}.`, signature)).toBe(false);
  };
  // Any text of UTF-16. `unit: 'binary'` generates the same, but takes half a second to set up.
  const texts = fc.oneof(
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('utf16le')),
  );
  await fc.assert(fc.asyncProperty(texts, sameSignature), { numRuns: 100 });
});

test('verifies by every secret, whichever character is changed', async () => {
  const ours = new HmacSigner(secrets, 'test', nodeHmac);
  const signature = await new HmacSigner(secrets.slice(1), 'test').sign('text');
  expect(await ours.verify('text', signature)).toBe(true);
  for (let index = 0; index < signature.length; index++) {
    const other = signature[index] === 'A' ? 'E' : 'A';
    expect(await ours.verify('text', signature.slice(0, index) + other + signature.slice(index + 1))).toBe(false);
  }
});
