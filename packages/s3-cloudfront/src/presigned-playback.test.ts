import type { PlaybackOptions } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const videoId = `${'0'.repeat(32)}-mp4`;
const clock = new ManualClock({ nowMs: Date.parse('2026-11-23T10:00:00Z') });
/** Without a distribution. Grants are signed without a request. */
const storage = new S3CloudFrontStorage({
  ...{ bucket: 'school-videos', region: 'eu-central-1', clock },
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
});

test('a grant is a presigned GET of the file, without a download unless that is requested', async () => {
  const grant = await storage.getPlaybackUrl(videoId, { expiresInSeconds: 600 });
  expect(grant).toEqual({
    ...{ videoId, kind: 'file', access: 'url', url: grant.url, expiresAt: '2026-11-23T10:10:00.000Z' },
    renewAfter: '2026-11-23T10:08:00.000Z',
    sources: [{ kind: 'file', url: grant.url, mimeType: 'video/mp4' }],
  });
  const { host, pathname, searchParams } = new URL(grant.url);
  expect([host, pathname]).toEqual([
    'school-videos.s3.eu-central-1.amazonaws.com',
    `/videos/${'0'.repeat(32)}/source.mp4`,
  ]);
  expect(searchParams.get('X-Amz-Expires')).toBe('600');
  expect(searchParams.has('response-content-disposition')).toBe(false);
});

test('a download is signed as well, for the same time', async () => {
  const grant = await storage.getPlaybackUrl(videoId, { expiresInSeconds: 600, downloadable: true, kind: 'file' });
  const { searchParams } = new URL(grant.downloadUrl ?? '');
  expect(searchParams.get('X-Amz-Expires')).toBe('600');
  expect(searchParams.get('response-content-disposition')).toMatch(/^attachment/);
});

describe('an option that needs a distribution is refused by its name', () => {
  const refused = (path: string) => ({
    ...{ path, code: 'OPTION_INVALID', message: `\`${path}\` needs a CloudFront distribution.` },
  });
  const notBefore = '2026-11-23T10:01:00.000Z';

  test.each<[PlaybackOptions, readonly string[]]>([
    [{ notBefore }, ['notBefore']],
    [{ ipRange: '192.0.2.0/24' }, ['ipRange']],
    [{ kind: 'hls' }, ['kind']],
    [{ kind: 'dash' }, ['kind']],
    [{ kind: 'iframe' }, ['kind']],
    [{ notBefore, ipRange: '192.0.2.1', kind: 'hls' }, ['notBefore', 'ipRange', 'kind']],
  ])('%j', async (options, paths) => {
    await expect(storage.getPlaybackUrl(videoId, options)).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', problems: paths.map(refused) },
    });
  });
});
