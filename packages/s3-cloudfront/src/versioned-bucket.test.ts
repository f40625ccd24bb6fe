import { describe, expect, test } from 'vitest';
import { ScriptedS3 } from '../test-support/scripted-s3.ts';
import { AwsError } from './aws-error.ts';
import type { ListedVersion } from './s3-answers.ts';
import { VersionedBucket } from './versioned-bucket.ts';

const { signal } = new AbortController();
const id = '0123456789abcdef0123456789abcdef';
const prefix = `videos/${id}/`;
const version = (name: string, more: Partial<ListedVersion> = {}): ListedVersion => {
  return { key: `${prefix}${name}`, versionId: `v-${name}`, isLatest: false, isMarker: false, ...more };
};
const marker = (name: string) => version(name, { versionId: `m-${name}`, isLatest: true, isMarker: true });

describe('hiding', () => {
  test.each([
    'videos/',
    `videos/${id}`,
    `videos/${id}x/source.mp4`,
    `videos/${id.slice(1)}/source.mp4`,
    `xvideos/${id}/source.mp4`,
    `uploads/${id}`,
    `records/${id}.json`,
    '',
  ])('%j is not a key below a whole video id: nothing is hidden, not even the other keys', async (key) => {
    const s3 = new ScriptedS3();
    const hide = new VersionedBucket(s3, undefined).hide([`${prefix}source.mp4`, key], signal);
    await expect(hide).rejects.toMatchObject({
      ...{ code: 'BACKEND_REFUSED', message: expect.stringContaining('Only keys below one whole video') },
    });
    expect(s3.deletes).toEqual([]);
  });

  test('keys of a video are hidden, also below a prefix of the bucket', async () => {
    const s3 = new ScriptedS3();
    const keys = [`${prefix}source.mp4`, `school/a/${prefix}hls/s0.ts`];
    await new VersionedBucket(s3, undefined).hide(keys, signal);
    expect(s3.deletes).toEqual(keys);
  });

  test('a store that deletes one key per request gets one request for each key, sixteen at a time', async () => {
    const s3 = new ScriptedS3();
    const keys = Array.from({ length: 40 }, (_, index) => `${prefix}hls/s${index}.ts`);
    await new VersionedBucket(s3, undefined, false).hide(keys, signal);
    expect([s3.deletes, s3.mostDeletesAtOnce]).toEqual([keys, 16]);
  });

  test('a key that is missing already is hidden; one that is refused is an error', async () => {
    const s3 = new ScriptedS3();
    const hide = () => new VersionedBucket(s3, undefined).hide([`${prefix}a`, `${prefix}b`], signal);
    s3.refusal = () => 'NoSuchKey';
    await hide();
    s3.refusal = ({ key }) => (key.endsWith('b') ? 'AccessDenied' : undefined);
    await expect(hide()).rejects.toMatchObject({ code: 'BACKEND_REFUSED', providerCode: 'AccessDenied' });
  });

  test('an outage of a single delete is an outage, not a refusal of the key', async () => {
    const s3 = new ScriptedS3();
    s3.failure = new AwsError('S3', 'BACKEND_UNAVAILABLE', 'InternalError');
    const hide = new VersionedBucket(s3, undefined).hide([`${prefix}a`], signal);
    await expect(hide).rejects.toBe(s3.failure);
  });
});

describe('freeing', () => {
  test('versions that are retained on one page are reported as retained after the next pages too', async () => {
    const s3 = new ScriptedS3();
    s3.refusal = ({ versionId }) => (versionId?.startsWith('v-') ? 'AccessDenied' : undefined);
    const next = { key: `${prefix}b`, id: 'v-b' };
    s3.versions = [{ items: [version('a'), version('b')], next }, { items: [marker('c'), marker('d')] }];
    expect(await new VersionedBucket(s3, undefined).free(prefix, signal)).toEqual({ more: false, retained: true });
    expect(s3.markers).toEqual([undefined, next]);
  });

  test('markers are removed when they hide no version on any page; those that hide a retained version stay', async () => {
    const s3 = new ScriptedS3();
    s3.refusal = ({ versionId }) => (versionId?.startsWith('v-') ? 'AccessDenied' : undefined);
    s3.versions = [
      { items: [marker('a'), marker('b'), marker('c')], next: { key: `${prefix}c`, id: 'm-c' } },
      { items: [version('a'), version('x')] },
    ];
    await new VersionedBucket(s3, undefined).free(prefix, signal);
    expect(s3.deletes.filter((name) => name.includes(' m-'))).toEqual([`${prefix}b m-b`, `${prefix}c m-c`]);
  });

  test('the current version is not freed: only what is hidden', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: [version('a', { isLatest: true }), version('b'), version('c')] }];
    expect(await new VersionedBucket(s3, undefined).free(prefix, signal)).toEqual({ more: true, retained: false });
    expect(s3.deletes).toEqual([`${prefix}b v-b`, `${prefix}c v-c`]);
  });

  test('a version that is refused for another reason than a lock is an error', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: [version('a'), version('b')] }];
    s3.refusal = () => 'InternalError';
    const free = new VersionedBucket(s3, undefined).free(prefix, signal);
    await expect(free).rejects.toMatchObject({ providerCode: 'InternalError' });
  });

  test('of more than a thousand markers, a thousand go at a time', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: Array.from({ length: 1001 }, (_, index) => marker(String(index))) }];
    expect(await new VersionedBucket(s3, undefined).free(prefix, signal)).toEqual({ more: true, retained: false });
    expect(s3.deletes).toHaveLength(1000);
  });

  test('a list of versions that does not end is an error after a thousand pages', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: [marker('a')], next: { key: `${prefix}a`, id: 'm-a' } }];
    const free = new VersionedBucket(s3, undefined).free(prefix, signal);
    await expect(free).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    expect([s3.markers.length, s3.deletes.length]).toEqual([1000, 0]);
  });

  test('for a bucket that keeps no versions none are requested', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: [version('a'), version('b')] }];
    expect(await new VersionedBucket(s3, false).free(prefix, signal)).toEqual({ more: false, retained: false });
    expect(s3.markers).toEqual([]);
    expect(s3.deletes).toEqual([]);
  });

  test.each(['NoSuchKey', 'NoSuchVersion'])(
    'a version that another process has freed meanwhile (%s) counts as freed',
    async (code) => {
      for (const items of [
        [version('a'), version('b')],
        [marker('a'), marker('b')],
      ]) {
        const s3 = new ScriptedS3();
        s3.versions = [{ items }];
        s3.refusal = () => code;
        const more = items.every(({ isMarker }) => !isMarker);
        expect(await new VersionedBucket(s3, true).free(prefix, signal)).toEqual({ more, retained: false });
      }
    },
  );

  test('a marker that is refused is an error', async () => {
    const s3 = new ScriptedS3();
    s3.versions = [{ items: [marker('a'), marker('b')] }];
    s3.refusal = () => 'InternalError';
    const free = new VersionedBucket(s3, undefined).free(prefix, signal);
    await expect(free).rejects.toMatchObject({ providerCode: 'InternalError' });
  });
});
