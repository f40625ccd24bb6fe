import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { createScrubber } from '../log/create-scrubber.ts';
import { Secret } from '../log/secret.ts';
import { HmacSigner } from './hmac-signer.ts';
import { UploadReference } from './upload-reference.ts';

const FIRST = 'first-secret-of-at-least-32-bytes!';
const SECOND = 'second-secret-of-at-least-32-bytes';
const signer = (purpose: string, ...secrets: string[]) =>
  new HmacSigner(
    secrets.map((secret) => new Secret(secret)),
    purpose,
  );

describe('HmacSigner', () => {
  test('gives the HMAC-SHA-256 of purpose and text as base64url', async () => {
    const expected = createHmac('sha256', FIRST)
      .update(JSON.stringify(['play', 'ü']))
      .digest('base64url');
    expect(await signer('play', FIRST).sign('ü')).toBe(expected);
  });

  test('verifies its own signature and no other text, secret or purpose', async () => {
    const play = signer('play', FIRST);
    const signature = await play.sign('/videos/1');
    expect(await play.verify('/videos/1', signature)).toBe(true);
    expect(await play.verify('/videos/2', signature)).toBe(false);
    expect(await signer('play', SECOND).verify('/videos/1', signature)).toBe(false);
    expect(await signer('upload', FIRST).verify('/videos/1', signature)).toBe(false);
  });

  test('moving characters between purpose and text changes the signature', async () => {
    const signature = await signer('a', FIRST).sign('bc');
    expect(await signer('ab', FIRST).verify('c', signature)).toBe(false);
    expect(await signer('a","b', FIRST).verify('c', await signer('a', FIRST).sign('b","c'))).toBe(false);
  });

  test('rotation: the first secret signs, all verify', async () => {
    const before = await signer('p', FIRST).sign('x');
    const during = signer('p', SECOND, FIRST);
    expect(await during.verify('x', before)).toBe(true);
    expect(await signer('p', SECOND).verify('x', await during.sign('x'))).toBe(true);
    expect(await signer('p', SECOND).verify('x', before)).toBe(false);
  });

  test('any texts: verifies for this text only, lone surrogates included', async () => {
    const play = signer('p', FIRST);
    const text = fc.string({
      unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('\ud800', '\udc00', '\ufffd')),
    });
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        expect(await play.verify(other, await play.sign(one))).toBe(one === other);
      }),
    );
  });

  test('any string in place of the signature is refused, and nothing throws', async () => {
    const play = signer('p', FIRST);
    const candidate = fc.oneof(fc.string({ maxLength: 60 }), fc.base64String({ minLength: 40, maxLength: 48 }));
    await fc.assert(
      fc.asyncProperty(candidate, async (signature) => {
        expect(await play.verify('x', signature)).toBe(false);
      }),
    );
  });

  test('refuses unused bits, padding and spaces: one signature has one spelling', async () => {
    const play = signer('p', FIRST);
    const signature = await play.sign('x');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = alphabet.split('').map((last) => signature.slice(0, -1) + last);
    const results = await Promise.all(spellings.map((spelling) => play.verify('x', spelling)));
    expect(results.filter(Boolean)).toHaveLength(1);
    for (const other of [`${signature}=`, ` ${signature}`, `${signature}\n`, signature.slice(0, -1), '']) {
      expect(await play.verify('x', other)).toBe(false);
    }
  });

  test.each([
    ['no secret', []],
    ['a secret of 31 bytes', ['x'.repeat(31)]],
    ['a short second secret', [FIRST, 'short']],
  ])('refuses %s', (_, secrets) => {
    expect(() => signer('p', ...secrets)).toThrow(ConfigurationError);
  });

  test('counts bytes, not characters, and refuses an empty purpose', () => {
    expect(() => signer('p', 'ü'.repeat(16))).not.toThrow();
    expect(() => signer('', FIRST)).toThrow(ConfigurationError);
  });

  test('T-H1: shows no secret, before and after its keys are made', async () => {
    const play = signer('p', FIRST);
    const show = () => inspect(play, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false });
    expect(show() + JSON.stringify(play)).not.toContain(FIRST);
    await play.sign('x');
    expect(show() + JSON.stringify(play)).not.toContain(FIRST);
  });

  test('each error says what to pass', () => {
    expect(() => signer('p')).toThrow('Pass at least one secret of 32 random bytes to sign with.');
    expect(() => signer('p', FIRST, 'x'.repeat(31))).toThrow('Each secret to sign with must have at least 32 bytes.');
    expect(() => signer('', FIRST)).toThrow('Pass the purpose of the signatures; it must not be empty.');
  });

  test('the key of Web Crypto cannot be exported, and is imported once', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    const one = signer('p', FIRST);
    await one.verify('x', await one.sign('x'));
    expect(importKey.mock.calls.map(([, , , extractable, usages]) => [extractable, usages])).toEqual([
      [false, ['sign']],
    ]);
  });
});

test.each([
  null,
  undefined,
  'a-secret-of-at-least-thirty-two-bytes',
  [null],
  ['a-secret-of-at-least-thirty-two-bytes'],
])('every class that takes a list of secrets refuses %j, without repeating it', (given) => {
  const makers = [
    () => Reflect.construct(HmacSigner, [given, 'p']),
    () => Reflect.construct(UploadReference, [given]),
    () => Reflect.apply(createScrubber, undefined, [given]),
  ];
  for (const make of makers) {
    expect(make).toThrow(
      expect.objectContaining({ code: 'MISCONFIGURED', message: expect.not.stringMatching(/thirty/) }),
    );
  }
});
