import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { oneOfEach } from '../../test-support/one-of-each.ts';
import type { Clock } from '../contract/primitives.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { Secret } from '../log/secret.ts';
import { toTimestamp } from '../time/timestamp.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { HmacSigner } from './hmac-signer.ts';
import type { UploadClaims } from './upload-claims.ts';
import { UploadReference } from './upload-reference.ts';

const FIRST = 'first-secret-of-at-least-32-bytes!';
const SECOND = 'second-secret-of-at-least-32-bytes';
const NOW = Date.UTC(2026, 10, 24);
const HOUR_MS = 3_600_000;
const clockAt = (nowMs: number): Clock => ({ now: () => nowMs, sleep: () => Promise.resolve() });
const reference = (nowMs = NOW, ...secrets: string[]) =>
  new UploadReference(
    (secrets.length > 0 ? secrets : [FIRST]).map((secret) => new Secret(secret)),
    clockAt(nowMs),
  );

const claims: UploadClaims = {
  backendName: 'local',
  uploadId: '0123456789abcdef0123456789abcdef',
  videoId: '0123456789abcdef0123456789abcdef-mp4',
  userId: 'student-ü',
  contextId: 'assignment-1',
  sizeBytes: 1000,
  mimeType: 'video/mp4',
  maxDurationSeconds: 7200,
  state: 'provider-state',
  validUntil: toTimestamp(NOW + HOUR_MS),
};

/** The text that is signed for claims: JSON, then the state, unchanged. */
const payloadOf = (given: object) => {
  const { state, ...others }: { readonly state?: unknown } = given;
  return state === undefined ? JSON.stringify(others) : `${JSON.stringify(others)}\n${state}`;
};

/** Signs any payload the way references are signed. */
async function forge(payload: string, purpose = 'videostorage/upload-reference/v2'): Promise<string> {
  const text = encodeBase64Url(new TextEncoder().encode(payload));
  return `${text}.${await new HmacSigner([new Secret(FIRST)], purpose).sign(text)}`;
}

const notFound = { code: 'VIDEO_NOT_FOUND' };

describe('UploadReference', () => {
  test('returns what was signed, with and without the members that may be absent', async () => {
    const { maxDurationSeconds: _, state: __, ...few } = claims;
    for (const each of [claims, few]) {
      const signed = await reference().sign(each);
      expect(await reference().verify(signed, 'local')).toStrictEqual(each);
      expect(signed).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
      expect(JSON.parse(JSON.stringify(signed))).toBe(signed);
    }
  });

  test('writes the members in an order that never changes, since references outlive a deployment', async () => {
    const { validUntil, ...others } = claims;
    const shuffled = { validUntil, onlyFrom: '192.0.2.1', ...others };
    const [payload = ''] = (await reference().sign(shuffled)).split('.');
    expect(new TextDecoder().decode(decodeBase64Url(payload))).toBe(
      '{"backendName":"local","uploadId":"0123456789abcdef0123456789abcdef","videoId":"0123456789abcdef0123456789abcdef-mp4",' +
        '"userId":"student-ü","contextId":"assignment-1","sizeBytes":1000,"mimeType":"video/mp4","maxDurationSeconds":7200,' +
        '"validUntil":"2026-11-24T01:00:00.000Z"}\nprovider-state',
    );
  });

  test.each(['', '\n', 'a\nb\n', '"\\{}'])('any state is returned unchanged: %j', async (state) => {
    const signed = await reference().sign({ ...claims, state });
    expect(await reference().verify(signed, 'local')).toStrictEqual({ ...claims, state });
  });

  test('any claims are returned unchanged', async () => {
    const text = fc.string({ unit: codePoint, minLength: 1, maxLength: 60 });
    const any = fc.record(
      {
        backendName: fc.constant('local'),
        uploadId: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
        videoId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
        userId: text,
        contextId: text,
        sizeBytes: fc.maxSafeNat().map((size) => Math.max(1, size)),
        mimeType: text,
        maxDurationSeconds: fc.double({ min: Number.MIN_VALUE, max: 1e9, noNaN: true }),
        state: fc.string({ unit: codePoint, maxLength: 100 }),
        validUntil: fc.integer({ min: 1, max: 1e12 }).map((afterMs) => toTimestamp(NOW + afterMs)),
      },
      {
        requiredKeys: [
          'backendName',
          'uploadId',
          'videoId',
          'userId',
          'contextId',
          'sizeBytes',
          'mimeType',
          'validUntil',
        ],
      },
    );
    await fc.assert(
      fc.asyncProperty(any, async (each) => {
        expect(await reference().verify(await reference().sign(each), 'local')).toStrictEqual({ ...each });
      }),
    );
  });

  test('property 3: every changed, missing or added character is refused', async () => {
    const signed = await reference().sign(claims);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ %'.split('');
    const mutation = fc.record({
      at: fc.nat(signed.length),
      character: fc.constantFrom(...alphabet),
      removed: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, character, removed }) => {
        const changed = signed.slice(0, at) + character + signed.slice(at + removed);
        fc.pre(changed !== signed);
        await expect(reference().verify(changed, 'local')).rejects.toMatchObject(notFound);
      }),
    );
  });

  test('property 3: a single flipped bit is refused, in every character', async () => {
    const signed = await reference().sign(claims);
    const bits = [0, 1, 2, 3, 4, 5, 6, 7];
    const flips = Array.from(signed, (character, at) =>
      bits.map((bit) => ({ at, flipped: String.fromCharCode(character.charCodeAt(0) ^ (1 << bit)) })),
    );
    for (const { at, flipped } of oneOfEach(flips)) {
      const changed = signed.slice(0, at) + flipped + signed.slice(at + 1);
      await expect(reference().verify(changed, 'local')).rejects.toMatchObject(notFound);
    }
  });

  test('property 3: a reference combined from the parts of two is refused', async () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(hex, hex, async (one, other) => {
        fc.pre(one !== other);
        const [payload] = (await reference().sign({ ...claims, uploadId: one })).split('.');
        const [, signature] = (await reference().sign({ ...claims, uploadId: other })).split('.');
        await expect(reference().verify(`${payload}.${signature}`, 'local')).rejects.toMatchObject(notFound);
      }),
    );
  });

  test('any string, and what is not a string, is refused and nothing else is thrown', async () => {
    // `fc.webUrl` takes a second to set up.
    const address = fc.domain().map((domain) => `https://${domain}/a?b=c#d`);
    const anything = fc.oneof(fc.string({ unit: codePoint }), fc.base64String(), address, fc.anything());
    await fc.assert(
      fc.asyncProperty(anything, async (given) => {
        await expect(reference().verify(given as string, 'local')).rejects.toMatchObject(notFound);
      }),
    );
  });

  test('nothing may be added before, after or between the parts', async () => {
    const signed = await reference().sign(claims);
    const [payload = '', signature = ''] = signed.split('.');
    const others = [
      `${signed}.`,
      `${signed}.x`,
      `.${signed}`,
      ` ${signed}`,
      `${payload}..${signature}`,
      payload,
      `${payload}.`,
    ];
    for (const other of others) await expect(reference().verify(other, 'local')).rejects.toMatchObject(notFound);
  });

  test('T-C1: the same answer for forged, another user’s and malformed references', async () => {
    const signed = await reference().sign(claims);
    const otherPurpose = await forge(payloadOf(claims), 'videostorage/playback/v1');
    const answers = await Promise.all(
      [
        reference(NOW, SECOND).verify(signed, 'local'),
        reference().verify(signed, 's3-cloudfront'),
        reference().verify('garbage', 'local'),
        reference().verify(otherPurpose, 'local'),
      ].map((answer) => answer.catch((error: unknown) => JSON.stringify(error))),
    );
    expect(new Set(answers)).toEqual(
      new Set([JSON.stringify({ ...notFound, message: 'There is no such video.', retryable: false })]),
    );
  });

  test('rotation: the first secret signs, all verify, a withdrawn one does not', async () => {
    const old = await reference(NOW, FIRST).sign(claims);
    expect(await reference(NOW, SECOND, FIRST).verify(old, 'local')).toEqual(claims);
    const fresh = await reference(NOW, SECOND, FIRST).sign(claims);
    expect(await reference(NOW, SECOND).verify(fresh, 'local')).toEqual(claims);
    await expect(reference(NOW, SECOND).verify(old, 'local')).rejects.toMatchObject(notFound);
  });

  test('is refused from `validUntil` on, with `UPLOAD_EXPIRED` only for a genuine one of this storage', async () => {
    const signed = await reference().sign(claims);
    expect(await reference(NOW + HOUR_MS - 1).verify(signed, 'local')).toEqual(claims);
    await expect(reference(NOW + HOUR_MS).verify(signed, 'local')).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
    await expect(reference(NOW + HOUR_MS).verify(signed, 'other')).rejects.toMatchObject(notFound);
    await expect(reference(NOW + HOUR_MS, SECOND).verify(signed, 'local')).rejects.toMatchObject(notFound);
  });

  test('property 14: with clocks up to 5 minutes apart a fresh one works, and expires after its lifetime plus at most the skew', async () => {
    const skew = fc.integer({ min: -300_000, max: 300_000 });
    const lifeMs = fc.integer({ min: 24 * HOUR_MS, max: 72 * HOUR_MS });
    await fc.assert(
      fc.asyncProperty(skew, lifeMs, async (skewMs, life) => {
        const signed = await reference(NOW).sign({ ...claims, validUntil: toTimestamp(NOW + life) });
        await expect(reference(NOW + skewMs).verify(signed, 'local')).resolves.toMatchObject({ userId: claims.userId });
        const trueEndMs = NOW + life + 300_000;
        await expect(reference(trueEndMs + skewMs).verify(signed, 'local')).rejects.toMatchObject({
          code: 'UPLOAD_EXPIRED',
        });
      }),
    );
  });

  test.each<[string, unknown]>([
    ['a member of another type', { ...claims, sizeBytes: '1000' }],
    ['a size with half a byte', { ...claims, sizeBytes: 0.5 }],
    ['an upload id in capitals', { ...claims, uploadId: claims.uploadId.toUpperCase() }],
    ['a video id that is a path', { ...claims, videoId: '../secret' }],
    ['an empty user', { ...claims, userId: '' }],
    ['a date that does not exist', { ...claims, validUntil: '2026-02-30T00:00:00.000Z' }],
    ['a missing member', { ...claims, mimeType: undefined }],
    ['an empty context', { ...claims, contextId: '' }],
    ['a limit of no time', { ...claims, maxDurationSeconds: 0 }],
    ['a negative limit', { ...claims, maxDurationSeconds: -1 }],
    ['a limit above the safe integers', { ...claims, maxDurationSeconds: 2 ** 53 }],
    ['a limit as text', { ...claims, maxDurationSeconds: '60' }],
    ['a list', [claims]],
    ['null', null],
  ])('signs and accepts no claims with %s', async (_, wrong) => {
    const isObject = typeof wrong === 'object' && wrong !== null && !Array.isArray(wrong);
    const wrongPayload = isObject ? payloadOf(wrong) : JSON.stringify(wrong);
    await expect(reference().sign(wrong as UploadClaims)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: 'The backend issued an upload that cannot be signed.',
    });
    await expect(reference().verify(await forge(wrongPayload), 'local')).rejects.toMatchObject(notFound);
  });

  const { state: _state, ...stateless } = claims;
  test.each([
    ['an unknown member', payloadOf({ ...claims, onlyFrom: '192.0.2.1' })],
    ['a state among the members', JSON.stringify(claims)],
    ['a state among the members and after them', `${JSON.stringify(claims)}\n${claims.state}`],
    ['a member named after one of the prototype', payloadOf(claims).replace('{', '{"__proto__":{"isAdmin":true},')],
    ['a member twice', payloadOf(claims).replace('}', ',"sizeBytes":1000}')],
    ['white space', payloadOf(claims).replaceAll(',', ', ')],
    ['a line feed within', JSON.stringify(stateless, undefined, 1)],
    ['a list with a state', `[1]\n${claims.state}`],
    ['null with a state', `null\n${claims.state}`],
    ['another order', payloadOf(Object.fromEntries(Object.entries(claims).reverse()))],
    ['another spelling of a number', payloadOf(claims).replace('1000', '1e3')],
    ['text that is not JSON', 'claims'],
    ['a deep array', '['.repeat(2000)],
  ])('T-I2: a signed payload with %s is refused', async (_, payload) => {
    expect(await reference().verify(await forge(payloadOf(claims)), 'local')).toEqual(claims);
    await expect(reference().verify(await forge(payload), 'local')).rejects.toMatchObject(notFound);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test.each(['userId', 'contextId', 'mimeType'] as const)('%s has 1 to 255 characters', async (name) => {
    const signed = await reference().sign({ ...claims, [name]: 'x'.repeat(255) });
    expect(await reference().verify(signed, 'local')).toMatchObject({ [name]: 'x'.repeat(255) });
    for (const text of ['', 'x'.repeat(256)]) {
      await expect(reference().sign({ ...claims, [name]: text })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
      const forged = await forge(payloadOf({ ...claims, [name]: text }));
      await expect(reference().verify(forged, 'local')).rejects.toMatchObject(notFound);
    }
  });

  test('any positive limit on the duration is signed', async () => {
    for (const maxDurationSeconds of [0.5, Number.MAX_SAFE_INTEGER]) {
      const signed = await reference().sign({ ...claims, maxDurationSeconds });
      expect(await reference().verify(signed, 'local')).toMatchObject({ maxDurationSeconds });
    }
  });

  test('of 4 096 characters is signed and verified; of one more it is neither', async () => {
    const signature = 43;
    const bytes = ((4096 - 1 - signature) / 4) * 3;
    const withState = (length: number) => ({ ...claims, state: 'x'.repeat(length) });
    const length = bytes - new TextEncoder().encode(payloadOf(withState(0))).length;
    const longest = await reference().sign(withState(length));
    expect(longest).toHaveLength(4096);
    expect(await reference().verify(longest, 'local')).toEqual(withState(length));
    await expect(reference().sign(withState(length + 1))).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: 'The backend issued an upload whose state is too long to be signed.',
    });
  });

  test('is never longer than 4 096 characters, and a longer one is refused although its signature is valid', async () => {
    const withState = (length: number) => ({ ...claims, state: 'x'.repeat(length) });
    const longest = await reference().sign(withState(2600));
    expect(longest.length).toBeLessThanOrEqual(4096);
    expect(await reference().verify(longest, 'local')).toEqual(withState(2600));
    await expect(reference().sign(withState(2900))).rejects.toThrow(ConfigurationError);
    await expect(reference().verify(await forge(payloadOf(withState(2900))), 'local')).rejects.toMatchObject(notFound);
  });

  test.each([[[]], [['x'.repeat(31)]], [[FIRST, 'short']]])('refuses the secrets %j', (secrets) => {
    expect(() => new UploadReference(secrets.map((secret) => new Secret(secret)))).toThrow(ConfigurationError);
  });

  test('T-H1: shows no secret, and neither do its refusals', async () => {
    const one = reference();
    const refusal = await one.verify('garbage', 'local').catch((error: unknown) => error);
    const tooShort = (() => {
      try {
        return new UploadReference([new Secret('canary-canary')]);
      } catch (error) {
        return error;
      }
    })();
    for (const shown of [one, refusal, tooShort]) {
      const text = inspect(shown, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false });
      expect(text + JSON.stringify(shown)).not.toContain(FIRST);
      expect(text + JSON.stringify(shown)).not.toContain('canary-canary');
    }
    expect(tooShort).toBeInstanceOf(ConfigurationError);
  });
});
