import { createHash } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText } from '../../test-support/send-raw.ts';
import { type Form, postForm, setField as set, dropConditions as without } from '../../test-support/signed-form.ts';
import { S3Emulator } from './s3-emulator.ts';

// The effects of a form that follows its policy, and the rules that no policy can relax.

const FILE_NAME = ['$', '{filename}'].join('');
const clock = new ManualClock();
let s3: S3Emulator;

beforeAll(async () => {
  s3 = await S3Emulator.start({ clock });
});
afterAll(() => s3.stop());

const post = (change?: (form: Form) => void, store = s3) => postForm(store, clock.now(), change);
const outcomeOf = async (change?: (form: Form) => void) => (await post(change)).outcome;

describe('rule 7: bucket and key', () => {
  const named = (fileName: string, key: string, condition: unknown) => (form: Form) => {
    without(form, 'key');
    set(form, 'key', key);
    form.conditions.push(condition);
    form.fileName = fileName;
  };

  test('a policy for another bucket, and a form that names another', async () => {
    const other = (form: Form) => {
      without(form, 'bucket');
      form.conditions.push({ bucket: 'other' });
    };
    expect(await outcomeOf(other)).toBe('403 AccessDenied');
    expect(await outcomeOf((form) => set(form, 'bucket', 'other'))).toBe('403 AccessDenied');
    expect(await outcomeOf((form) => set(form, 'bucket', s3.bucket))).toBe('201');
  });

  test.each<[string, string]>([
    ['film.mp4', 'in/film.mp4'],
    ['../../etc/passwd', 'in/passwd'],
    ['C:\\films\\film.mp4', 'in/film.mp4'],
    ['$&$1.mp4', 'in/$&$1.mp4'],
  ])('the name %s becomes the last part of the key', async (fileName, key) => {
    const answer = await post(named(fileName, `in/${FILE_NAME}`, ['starts-with', '$key', 'in/']));
    expect([answer.outcome, elementText(answer.text, 'Key')?.replaceAll('&amp;', '&')]).toEqual(['201', key]);
  });

  test('the name is inserted before the key is matched, and in other fields too', async () => {
    expect(await outcomeOf(named('film.mp4', `in/${FILE_NAME}`, { key: `in/${FILE_NAME}` }))).toBe('403 AccessDenied');
    expect(await outcomeOf(named('film.mp4', `in/${FILE_NAME}`, { key: 'in/film.mp4' }))).toBe('201');
    const metadata = (form: Form) => {
      set(form, 'x-amz-meta-name', FILE_NAME);
      form.conditions.push({ 'x-amz-meta-name': FILE_NAME });
    };
    expect(await outcomeOf(metadata)).toBe('403 AccessDenied');
  });

  test('a missing key, and one that is too long', async () => {
    expect(await outcomeOf((form) => (form.left = ['key']))).toBe('400 InvalidArgument');
    expect(await outcomeOf(named('a', 'k'.repeat(1025), ['starts-with', '$key', '']))).toBe('400 KeyTooLongError');
  });
});

describe('rules 9 to 12: answers, anonymous forms, digests, replay', () => {
  const status = (value: string) => (form: Form) => {
    without(form, 'success_action_status');
    set(form, 'success_action_status', value);
    form.conditions.push({ success_action_status: value });
  };

  test.each([
    ['200', 200],
    ['201', 201],
    ['204', 204],
    ['302', 204],
  ])('success_action_status %s', async (value, expected) => {
    const answer = await post(status(value));
    expect(answer.status).toBe(expected);
    const eTag = `"${createHash('md5').update(new Uint8Array(10)).digest('hex')}"`;
    expect(answer.headers['etag']).toBe(eTag);
    const location = `${s3.endpoint}/videos/videos%2Fa.mp4`;
    expect(answer.headers['location']).toBe(location);
    expect(answer.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
    if (expected !== 201) return expect(answer.text).toBe('');
    const named = ['Location', 'Bucket', 'Key', 'ETag'].map((name) => elementText(answer.text, name));
    expect(named).toEqual([location, 'videos', 'videos/a.mp4', eTag.replaceAll('"', '&quot;')]);
  });

  test('a redirect names bucket, key and ETag; one that is not a URL is ignored', async () => {
    const redirect = (value: string) => (form: Form) => {
      set(form, 'success_action_redirect', value);
      form.conditions.push({ success_action_redirect: value });
    };
    const answer = await post(redirect('https://app.example.com/done?x=1'));
    expect(answer.status).toBe(303);
    const { origin, searchParams } = new URL(String(answer.headers['location']));
    expect(origin).toBe('https://app.example.com');
    expect([...searchParams.keys()]).toEqual(['x', 'bucket', 'key', 'etag']);
    expect(searchParams.get('key')).toBe('videos/a.mp4');
    expect((await post(redirect('nowhere'))).status).toBe(201);
  });

  test('without any authentication', async () => {
    const names = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'Policy', 'X-Amz-Signature'];
    expect(await outcomeOf((form) => (form.left = names))).toBe('403 AccessDenied');
    for (const name of names) expect(await outcomeOf((form) => (form.left = [name]))).toBe('400 InvalidArgument');
  });

  test('names are compared without case, of fields and of conditions', async () => {
    const change = (form: Form) => {
      form.fields = form.fields.map(([name, value]) => [name.toUpperCase(), value]);
      without(form, 'Content-Type');
      form.conditions.push(['EQ', '$CONTENT-type', 'video/mp4']);
    };
    expect(await outcomeOf(change)).toBe('201');
  });

  test.each([
    ['public-read', '400 AccessControlListNotSupported'],
    ['bucket-owner-full-control', '201'],
  ])('acl %s', async (acl, expected) => {
    const change = (form: Form) => {
      set(form, 'acl', acl);
      form.conditions.push({ acl });
    };
    expect(await outcomeOf(change)).toBe(expected);
  });

  test('Content-MD5', async () => {
    const md5 = (value: string) => (form: Form) => {
      set(form, 'Content-MD5', value);
      form.conditions.push({ 'Content-MD5': value });
    };
    const right = createHash('md5').update(new Uint8Array(10)).digest('base64');
    expect(await outcomeOf(md5(right))).toBe('201');
    expect(await outcomeOf(md5(createHash('md5').digest('base64')))).toBe('400 BadDigest');
    expect(await outcomeOf(md5('nonsense'))).toBe('400 InvalidDigest');
  });

  test('the same form can be sent repeatedly, until it expires', async () => {
    const expiration = new Date(clock.now() + 1000).toISOString();
    const change = (form: Form) => (form.expiration = expiration);
    expect([await outcomeOf(change), await outcomeOf(change)]).toEqual(['201', '201']);
    clock.advance(1000);
    expect(await outcomeOf(change)).toBe('403 AccessDenied');
  });
});

describe('the mode that ignores the policy', () => {
  let lenient: S3Emulator;
  beforeEach(async () => {
    lenient = await S3Emulator.start({ clock, enforcePolicy: false });
    return () => lenient.stop();
  });

  test('accepts another type, size or key, a missing signature, and an expired form', async () => {
    const change = (form: Form) => {
      set(form, 'key', 'elsewhere');
      set(form, 'Content-Type', 'text/html');
      form.file = new Uint8Array(11);
      form.expiration = new Date(0).toISOString();
      form.left = ['X-Amz-Signature'];
    };
    expect((await post(change, lenient)).status).toBe(201);
    expect(lenient.keys).toEqual(['elsewhere']);
    expect((await new S3TestClient(lenient).call('HEAD', 'elsewhere')).headers['content-type']).toBe('text/html');
  });

  test('still requires a form, a key and one file', async () => {
    expect((await post((form) => (form.left = ['key']), lenient)).outcome).toBe('400 InvalidArgument');
  });
});
