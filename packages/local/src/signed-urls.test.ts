import { createHmac } from 'node:crypto';
import { Secret } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { issueLocalPlayback } from './local-playback.ts';
import { checkGrant, type PlaybackGrant, SignedUrls } from './signed-urls.ts';

const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const urls = new SignedUrls('https://host.example/media', [new Secret(SECRET)]);
const NOW = 1_795_000_000_000;
const NAME = 'sent.mp4';
const VIDEO = `${'a'.repeat(32)}-mp4`;
const OTHER = `${'b'.repeat(32)}-mp4`;

/** The query of a URL with parameters left out, and others appended. */
function changed(url: string, without: readonly string[] = [], more: readonly [string, string][] = []) {
  const { searchParams } = new URL(url);
  for (const name of without) searchParams.delete(name);
  for (const [name, value] of more) searchParams.append(name, value);
  return searchParams;
}

test('each purpose has its own signatures, which no new version changes: node:crypto alone computes the same', async () => {
  const signature = (purpose: string, ...allowed: readonly unknown[]) =>
    createHmac('sha256', SECRET)
      .update(JSON.stringify([purpose, JSON.stringify(allowed)]))
      .digest('base64url');
  const upload = changed(await urls.uploadUrl(NAME, NOW));
  expect(upload.get('signature')).toBe(signature('videostorage/local-upload/v1', NAME, NOW));
  const playback = changed(await urls.playbackUrl({ videoId: VIDEO, expiresAtMs: NOW, isDownload: false }));
  expect(playback.get('signature')).toBe(signature('videostorage/local-playback/v1', VIDEO, NOW, null, false, null));
});

describe('an upload’s URL', () => {
  const verify = async (nowMs: number, name = NAME) =>
    urls.verifyUpload(name, changed(await urls.uploadUrl(NAME, NOW)), nowMs);

  test('names the sent file and its end, and is valid until just before it', async () => {
    expect(await urls.uploadUrl(NAME, NOW)).toMatch(
      /^https:\/\/host\.example\/media\/uploads\/sent\.mp4\?expires=1795000000000&signature=[^&]+$/,
    );
    expect(await verify(NOW - 1)).toEqual({ validity: 'valid', expiresAtMs: NOW });
    expect(await verify(NOW)).toEqual({ validity: 'expired', expiresAtMs: NOW });
    expect(await verify(NOW + 1)).toEqual({ validity: 'expired', expiresAtMs: NOW });
  });

  test('is for its file alone', async () => {
    expect(await verify(NOW - 1, 'other.mp4')).toMatchObject({ validity: 'forged' });
  });

  test.each<[string, readonly string[], readonly [string, string][]]>([
    ['no signature', ['signature'], []],
    ['two signatures', [], [['signature', 'x']]],
    ['another signature', ['signature'], [['signature', 'x']]],
    ['no end', ['expires'], []],
    ['two ends', [], [['expires', String(NOW)]]],
    ['a later end', ['expires'], [['expires', String(NOW + 1)]]],
    ['an end that is no number', ['expires'], [['expires', 'x']]],
    ['an end with a sign', ['expires'], [['expires', `+${NOW}`]]],
  ])('with %s is forged', async (_name, without, more) => {
    const query = changed(await urls.uploadUrl(NAME, NOW), without, more);
    expect(await urls.verifyUpload(NAME, query, 0)).toMatchObject({ validity: 'forged' });
  });
});

describe('a playback URL', () => {
  const plain: PlaybackGrant = { videoId: VIDEO, expiresAtMs: NOW, isDownload: false };
  const full: PlaybackGrant = { ...plain, notBeforeMs: NOW - 1000, isDownload: true, downloadName: 'Größe & 1.mp4' };

  test('carries its grant and nothing else', async () => {
    const plainUrl = await urls.playbackUrl(plain);
    expect(plainUrl.startsWith(`https://host.example/media/videos/${VIDEO}?`)).toBe(true);
    expect([...new URL(plainUrl).searchParams.keys()]).toEqual(['expires', 'signature']);
    expect(await urls.readPlayback(VIDEO, changed(plainUrl))).toEqual(plain);
    const fullUrl = await urls.playbackUrl(full);
    const names = [...new URL(fullUrl).searchParams.keys()];
    expect(names).toEqual(['expires', 'notBefore', 'download', 'name', 'signature']);
    expect(await urls.readPlayback(VIDEO, changed(fullUrl))).toEqual(full);
    expect(await urls.readPlayback(OTHER, changed(fullUrl))).toBeUndefined();
  });

  test.each<[string, readonly string[], readonly [string, string][]]>([
    ['no signature', ['signature'], []],
    ['two signatures', [], [['signature', 'x']]],
    ['no end', ['expires'], []],
    ['two ends', [], [['expires', String(NOW)]]],
    ['a later end', ['expires'], [['expires', String(NOW + 1)]]],
    ['no beginning', ['notBefore'], []],
    ['two beginnings', [], [['notBefore', String(NOW - 1000)]]],
    ['a beginning that is no number', ['notBefore'], [['notBefore', 'now']]],
    ['no download', ['download'], []],
    ['two downloads', [], [['download', '1']]],
    ['another spelling of the download', ['download'], [['download', 'true']]],
    ['no name', ['name'], []],
    ['two names', [], [['name', 'x.mp4']]],
    ['another name', ['name'], [['name', 'x.mp4']]],
  ])('with %s was not signed here', async (_name, without, more) => {
    const query = changed(await urls.playbackUrl(full), without, more);
    expect(await urls.readPlayback(VIDEO, query)).toBeUndefined();
  });

  test.each<[string, [string, string]]>([
    ['a beginning that is no number', ['notBefore', 'now']],
    ['an empty beginning', ['notBefore', '']],
    ['a download that is not 1', ['download', '0']],
    ['an empty name', ['name', '']],
  ])('to which %s was added was not signed here', async (_name, parameter) => {
    const query = changed(await urls.playbackUrl(plain), [], [parameter]);
    expect(await urls.readPlayback(VIDEO, query)).toBeUndefined();
    const twice = changed(await urls.playbackUrl(plain), [], [parameter, parameter]);
    expect(await urls.readPlayback(VIDEO, twice)).toBeUndefined();
  });

  test('and an upload’s URL do not open each other', async () => {
    const upload = changed(await urls.uploadUrl(VIDEO, NOW));
    expect(await urls.readPlayback(VIDEO, upload)).toBeUndefined();
    const playback = changed(await urls.playbackUrl(plain));
    expect(await urls.verifyUpload(VIDEO, playback, 0)).toMatchObject({ validity: 'forged' });
  });

  test('is valid from its beginning until just before its end', () => {
    expect(checkGrant(plain, 0)).toBe('valid');
    expect(checkGrant(full, NOW - 1001)).toBe('too-early');
    expect(checkGrant(full, NOW - 1000)).toBe('valid');
    expect(checkGrant(full, NOW - 1)).toBe('valid');
    expect(checkGrant(full, NOW)).toBe('expired');
    expect(checkGrant(plain, NOW)).toBe('expired');
  });
});

describe('a playback grant', () => {
  const expiresAt = new Date(NOW).toISOString();
  const request = { expiresAt, expiresInSeconds: 60 };

  test('has a second URL to save the file when that is allowed, and none otherwise', async () => {
    const grant = await issueLocalPlayback(urls, VIDEO, { ...request, downloadable: true, downloadName: 'x.mp4' });
    const [source] = grant.sources;
    expect(source).toMatchObject({ kind: 'file', mimeType: 'video/mp4' });
    const read = (url = '') => urls.readPlayback(VIDEO, changed(url));
    expect(await read(source?.url)).toEqual({ videoId: VIDEO, expiresAtMs: NOW, isDownload: false });
    const saved = { videoId: VIDEO, expiresAtMs: NOW, isDownload: true, downloadName: 'x.mp4' };
    expect(await read(grant.downloadUrl)).toEqual(saved);
    for (const downloadable of [false, undefined]) {
      expect(await issueLocalPlayback(urls, VIDEO, { ...request, downloadable })).not.toHaveProperty('downloadUrl');
    }
  });

  test('is refused with all that a signed URL cannot enforce', async () => {
    const asked = { ...request, kind: 'hls', ipRange: '192.0.2.1' } as const;
    await expect(issueLocalPlayback(urls, VIDEO, asked)).rejects.toMatchObject({
      problems: [
        { path: 'kind', message: 'This storage plays the file itself: `kind` must be `file`.' },
        { path: 'ipRange', message: 'This storage cannot bind a grant to an address; leave `ipRange` out.' },
      ],
    });
    await issueLocalPlayback(urls, VIDEO, { ...request, kind: 'file' });
  });

  test('of an id that is none of this storage is not found', async () => {
    await expect(issueLocalPlayback(urls, 'another', request)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
});
