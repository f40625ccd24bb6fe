import fc from 'fast-check';
import { importSPKI, jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { claimsOf, Subjects, upload } from '../test-support/subjects.ts';
import type { AccessRule } from './access-rules.ts';
import type { CloudflareStreamOptions } from './cloudflare-stream-options.ts';
import { CloudflareStreamStorage } from './cloudflare-stream-storage.ts';

const subjects = new Subjects();
const VIDEO = '6b9e68b07dfee8cc2d116e4c51d6a957';
const key = makeSigningKey('0a1b2c');
const NOW = 1_790_000_000;
const onlyBritain: readonly AccessRule[] = [
  { type: 'ip.geoip.country', action: 'allow', country: ['GB'] },
  { type: 'any', action: 'block' },
];
const notFrance: readonly AccessRule[] = [{ type: 'ip.geoip.country', action: 'block', country: ['FR'] }];

afterEach(() => subjects.dispose());

/** A storage whose API does not exist, so that any request fails. */
function offline(options: Partial<CloudflareStreamOptions> = {}): CloudflareStreamStorage {
  return new CloudflareStreamStorage({
    ...{ apiOrigin: 'http://127.0.0.1:1', accountId: '0'.repeat(32), apiToken: 't', customerCode: 'f33zs165nr7gyfy4' },
    referenceSecrets: ['x'.repeat(32)],
    signingKeys: [{ id: key.id, jwk: key.jwk }],
    clock: { now: () => NOW * 1000, sleep: () => new Promise(() => {}) },
    ...options,
  });
}

test('one grant has iframe, HLS, DASH, poster, animated preview and download, all with the token', async () => {
  const playback = await offline().getPlaybackUrl(VIDEO, { downloadable: true });
  const token = new URL(playback.url).pathname.split('/')[1];
  const base = `https://customer-f33zs165nr7gyfy4.cloudflarestream.com/${token}`;
  expect(playback).toMatchObject({
    access: 'url',
    kind: 'iframe',
    url: `${base}/iframe`,
    sources: [
      { kind: 'iframe', url: `${base}/iframe`, mimeType: 'text/html' },
      { kind: 'hls', url: `${base}/manifest/video.m3u8`, mimeType: 'application/vnd.apple.mpegurl' },
      { kind: 'dash', url: `${base}/manifest/video.mpd`, mimeType: 'application/dash+xml' },
    ],
    posterUrl: `${base}/thumbnails/thumbnail.jpg`,
    animatedPreviewUrl: `${base}/thumbnails/thumbnail.gif`,
    downloadUrl: `${base}/downloads/default.mp4`,
    expiresAt: new Date((NOW + 3600) * 1000).toISOString(),
    renewAfter: new Date((NOW + 2880) * 1000).toISOString(),
  });
  expect(JSON.stringify(playback)).not.toContain(`/${VIDEO}/`);
  expect(claimsOf(playback.url)).toEqual({
    ...{ sub: VIDEO, kid: key.id, exp: NOW + 3600, downloadable: true },
  });
});

test.each([
  ['iframe', ['iframe', 'hls', 'dash']],
  ['hls', ['hls', 'iframe', 'dash']],
  ['dash', ['dash', 'iframe', 'hls']],
] as const)('the kind %s comes first when it is requested, and the others follow', async (kind, kinds) => {
  const playback = await offline().getPlaybackUrl(VIDEO, { kind });
  expect(playback).toMatchObject({ kind, url: playback.sources[0]?.url });
  expect(playback.sources.map((source) => source.kind)).toEqual(kinds);
});

test.each([
  ['My trip, part 2.mp4', '?filename=My_trip_part_2'],
  ['trip.tar.mpeg4', '?filename=trip_tar'],
  ['v1.2 final', '?filename=v1_2_final'],
  ['no-extension_1', '?filename=no-extension_1'],
  ['"a;b ü', '?filename=_a_b_'],
  ['ä'.repeat(3), '?filename=_'],
  ['.mp4', '?filename=mp4'],
  [`${'a'.repeat(121)}.mp4`, `?filename=${'a'.repeat(120)}`],
])('a download named %j is requested from Stream as %j', async (downloadName, query) => {
  const { downloadUrl } = await offline().getPlaybackUrl(VIDEO, { downloadable: true, downloadName });
  expect(new URL(downloadUrl ?? '').search).toBe(query);
});

test('poster and animated preview: time, size, fit, of the storage or of the call', async () => {
  const poster = { timeSeconds: 61, widthPixels: 320, heightPixels: 180, fit: 'clip' } as const;
  const storage = offline({ poster, animatedPreview: { durationSeconds: 3, framesPerSecond: 4 } });
  const usual = await storage.getPlaybackUrl(VIDEO);
  expect(new URL(usual.posterUrl ?? '').search).toBe('?time=61s&width=320&height=180&fit=clip');
  expect(new URL(usual.animatedPreviewUrl ?? '').search).toBe('?duration=3s&fps=4');
  const other = await storage.getPlaybackUrl(VIDEO, { poster: { timeSeconds: 0 }, animatedPreview: { fit: 'fill' } });
  expect(new URL(other.posterUrl ?? '').search).toBe('?time=0s');
  expect(new URL(other.animatedPreviewUrl ?? '').search).toBe('?fit=fill');
});

test('the emulator accepts the URLs of poster, preview and download', async () => {
  const subject = await subjects.create({ poster: { timeSeconds: 1, widthPixels: 160, fit: 'crop' } });
  const { videoId } = await upload(subject);
  await subject.storage.downloads.create(videoId);
  await subject.emulator.finishProcessing();
  const playback = await subject.storage.getPlaybackUrl(videoId, {
    downloadable: true,
    animatedPreview: { durationSeconds: 1, framesPerSecond: 2, widthPixels: 80 },
  });
  for (const url of [playback.posterUrl, playback.animatedPreviewUrl, playback.downloadUrl, playback.url]) {
    expect((await fetch(url ?? '')).status).toBe(200);
  }
  const { posterUrl, downloadUrl } = await subject.storage.getPlaybackUrl(videoId);
  expect(downloadUrl).toBeUndefined();
  expect((await fetch((posterUrl ?? '').replace(/thumbnails.*/, 'downloads/default.mp4'))).status).toBe(401);
});

describe('lifetime', () => {
  test.each([0, -1, 1.5, 86_401, Number.NaN])('%s seconds are refused', async (expiresInSeconds) => {
    await expect(offline().getPlaybackUrl(VIDEO, { expiresInSeconds })).rejects.toMatchObject({
      problems: [{ path: 'expiresInSeconds' }],
    });
  });

  test('a beginning is part of the token, and refused when it is after the end', async () => {
    const at = (seconds: number) => new Date((NOW + seconds) * 1000).toISOString();
    const playback = await offline().getPlaybackUrl(VIDEO, { notBefore: at(100), expiresInSeconds: 200 });
    expect(claimsOf(playback.url)).toMatchObject({ nbf: NOW + 100, exp: NOW + 200 });
    await expect(offline().getPlaybackUrl(VIDEO, { notBefore: at(200), expiresInSeconds: 200 })).rejects.toMatchObject({
      problems: [{ path: 'notBefore', message: expect.stringContaining('begin before it ends') }],
    });
  });

  test('T-D2: the end is rounded down to a whole second of Cloudflare’s clock, never beyond what was granted', async () => {
    const subject = await subjects.create();
    const nowMs = subject.clock.now() + 3_600_500;
    const sleep = (delayMs: number, signal?: AbortSignal) => subject.clock.sleep(delayMs, signal);
    const { storage } = subject.with({ clock: { now: () => nowMs, sleep } });
    // The first answer shows the difference of the clocks.
    await storage.listVideos();
    const { url, expiresAt } = await storage.getPlaybackUrl(VIDEO, { expiresInSeconds: 60 });
    const skewMs = Math.floor(subject.clock.now() / 1000) * 1000 - nowMs;
    const grantedMs = Date.parse(expiresAt) + skewMs;
    expect(grantedMs % 1000).toBeGreaterThan(0);
    expect(claimsOf(url)).toMatchObject({ exp: Math.floor(grantedMs / 1000) });
  });

  test('T-D2, property 3: `exp` is whole seconds within the requested lifetime; a token opens its own video only', async () => {
    const publicKey = await importSPKI(key.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256');
    const id = fc.stringMatching(/^[0-9a-f]{32}$/);
    const currentDate = new Date(NOW * 1000);
    const storage = offline();
    await fc.assert(
      fc.asyncProperty(id, id, fc.integer({ min: 1, max: 86_400 }), fc.nat(), async (one, other, life, place) => {
        const { url } = await storage.getPlaybackUrl(one, { expiresInSeconds: life });
        const token = new URL(url).pathname.split('/')[1] ?? '';
        const verify = (text: string, subject: string) =>
          jwtVerify(text, publicKey, { subject, algorithms: ['RS256'], currentDate });
        expect((await verify(token, one)).payload.exp).toBe(NOW + life);
        if (one !== other) await expect(verify(token, other)).rejects.toThrow();
        // The last character of a part may contain unused bits.
        const places = [...token].flatMap((character, index) =>
          character === '.' || token[index + 1] === '.' || index === token.length - 1 ? [] : [index],
        );
        const at = places[place % places.length] ?? 0;
        const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
        await expect(verify(changed, one)).rejects.toThrow();
      }),
      propertyRuns(60),
    );
  }, 60_000);
});

describe('access rules', () => {
  test('of the storage, of the call and of the address all apply together', async () => {
    const rulesOf = async (options: Partial<CloudflareStreamOptions>, call: object) =>
      claimsOf((await offline(options).getPlaybackUrl(VIDEO, call)).url)['accessRules'];
    const onlyThere = [
      { type: 'ip.src', action: 'allow', ip: ['192.0.2.0/24'] },
      { type: 'any', action: 'block' },
    ];
    expect(await rulesOf({}, {})).toBeUndefined();
    expect(await rulesOf({}, { ipRange: '192.0.2.0/24' })).toEqual(onlyThere);
    expect(await rulesOf({ accessRules: onlyBritain }, {})).toEqual(onlyBritain);
    expect(await rulesOf({ accessRules: notFrance }, { ipRange: '192.0.2.0/24' })).toEqual([
      ...notFrance,
      ...onlyThere,
    ]);
    expect(await rulesOf({ accessRules: onlyBritain }, { accessRules: notFrance })).toEqual([
      ...notFrance,
      ...onlyBritain,
    ]);
  });

  test('that cannot apply together are refused, not weakened', async () => {
    const message = expect.stringContaining('cannot all apply at once');
    const call = offline({ accessRules: onlyBritain }).getPlaybackUrl(VIDEO, { ipRange: '192.0.2.0/24' });
    await expect(call).rejects.toMatchObject({ problems: [{ path: 'ipRange', message }] });
    const four = Array.from({ length: 4 }, () => notFrance).flat();
    const tooMany = offline({ accessRules: four }).getPlaybackUrl(VIDEO, { accessRules: onlyBritain });
    await expect(tooMany).rejects.toMatchObject({ problems: [{ path: 'accessRules' }] });
  });

  test('are refused for a public video, which has no token to carry them', async () => {
    const storage = offline({ requireSignedUrls: false, signingKeys: [] });
    expect((await storage.getPlaybackUrl(VIDEO)).url).toContain(`/${VIDEO}/iframe`);
    for (const [path, options] of Object.entries({
      ipRange: { ipRange: '192.0.2.1' },
      notBefore: { notBefore: new Date(NOW * 1000).toISOString() },
      accessRules: { accessRules: notFrance },
    })) {
      await expect(storage.getPlaybackUrl(VIDEO, options)).rejects.toMatchObject({
        problems: [{ path, message: expect.stringContaining('`requireSignedUrls: false`') }],
      });
    }
  });

  test.each<[string, unknown]>([
    ['accessRules.0.type', [{ type: 'nobody', action: 'allow' }]],
    ['accessRules.0.ip.0', [{ type: 'ip.src', action: 'block', ip: ['127.1'] }]],
    ['accessRules', [{ type: 'ip.src', action: 'allow', ip: ['192.0.2.1'] }]],
  ])('the problem of %s is named for %j', async (path, accessRules) => {
    const call = offline().getPlaybackUrl(VIDEO, { accessRules: accessRules as readonly AccessRule[] });
    const message = expect.stringContaining(`\`${path}\``);
    const problems = [{ path, code: 'OPTION_INVALID', message }];
    await expect(call).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems });
  });

  test.each([
    ['poster', { poster: { when: 1 } }],
    ['animatedPreview', { animatedPreview: { when: 1 } }],
    ['accessRule', { accessRule: [{ type: 'ip.src', action: 'block', ip: ['192.0.2.1'] }] }],
  ])('an unknown setting of %s alone, or an unknown name, is refused', async (path, options) => {
    const call = offline().getPlaybackUrl(VIDEO, options as object);
    await expect(call).rejects.toMatchObject({ problems: [{ path, code: 'OPTION_INVALID' }] });
  });
});

describe('keys', () => {
  test('rotation by overlap: the first key signs, and tokens of the old one are valid until it is deleted', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    const [old, fresh] = [await subject.storage.signingKeys.create(), await subject.storage.signingKeys.create()];
    const before = await subject.with({ signingKeys: [old] }).storage.getPlaybackUrl(videoId, { kind: 'hls' });
    const after = await subject.with({ signingKeys: [fresh, old] }).storage.getPlaybackUrl(videoId, { kind: 'hls' });
    expect(claimsOf(after.url)['kid']).toBe(fresh.id);
    expect((await fetch(before.url)).status).toBe(200);
    expect((await fetch(after.url)).status).toBe(200);
    await subject.storage.signingKeys.delete(old.id);
    expect((await fetch(before.url)).status).toBe(401);
    expect((await fetch(after.url)).status).toBe(200);
  });

  test('with a key no request is sent; without one the API signs with the same terms, and an unknown video is not found', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    const requests = subject.emulator.requests.length;
    await subject.storage.getPlaybackUrl(videoId);
    expect(subject.emulator.requests).toHaveLength(requests);
    const { storage } = subject.with({ signingKeys: [] });
    const options = { kind: 'hls', expiresInSeconds: 600, ipRange: '127.0.0.0/8', downloadable: true } as const;
    const playback = await storage.getPlaybackUrl(videoId, options);
    expect((await fetch(playback.url)).status).toBe(200);
    const exp = Math.floor(subject.clock.now() / 1000) + 600;
    expect(claimsOf(playback.url)).toMatchObject({ sub: videoId, exp, downloadable: true });
    expect(claimsOf(playback.url)['accessRules']).toHaveLength(2);
    await expect(storage.getPlaybackUrl('f'.repeat(32))).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
});

describe('the customer code', () => {
  test('is read from any video, once for all waiting callers, and kept', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    const { storage } = subject.with({ playbackOrigin: undefined });
    const requests = subject.emulator.requests.length;
    const playbacks = await Promise.all(Array.from({ length: 20 }, () => storage.getPlaybackUrl(videoId)));
    await storage.getPlaybackUrl('f'.repeat(32));
    expect(subject.emulator.requests.length - requests).toBe(1);
    for (const { url } of playbacks) expect(new URL(url).origin).toBe(subject.emulator.playbackOrigin);
  });

  test('is read from another video when this one does not exist; without any video the message explains the fix', async () => {
    const subject = await subjects.create();
    const { storage } = subject.with({ playbackOrigin: undefined });
    const refused = { code: 'MISCONFIGURED', message: expect.stringContaining('customerCode') };
    await expect(storage.getPlaybackUrl('f'.repeat(32))).rejects.toMatchObject(refused);
    await upload(subject);
    expect(new URL((await storage.getPlaybackUrl('f'.repeat(32))).url).origin).toBe(subject.emulator.playbackOrigin);
  });

  test('is still read for the others when one caller aborts', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    // Without tokens, whose signing takes time: the answer might be there before one was signed.
    const { storage } = subject.with({ playbackOrigin: undefined, requireSignedUrls: false });
    const controller = new AbortController();
    const leaving = storage.getPlaybackUrl(videoId, { signal: controller.signal });
    const staying = storage.getPlaybackUrl(videoId);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    expect((await staying).videoId).toBe(videoId);
  });
});

test.each(['file', 'film'])('the kind %s is refused', async (kind) => {
  await expect(offline().getPlaybackUrl(VIDEO, { kind: kind as 'file' })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [{ path: 'kind', code: 'OPTION_INVALID', message: expect.stringContaining('must be iframe, hls') }],
  });
});
