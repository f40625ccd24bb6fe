import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';
import { AwsError, toBackendError } from './aws-error.ts';
import type { S3CloudFrontOptions } from './s3-cloudfront-options.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';
const subjects: EmulatedSubject[] = [];

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

type Emulated = Parameters<typeof createEmulatedSubject>[1];
const keysOf = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret-canary' };

/** The error that a host app with these settings gets at its first call. */
async function firstError(
  settings: Partial<S3CloudFrontOptions>,
  ofS3: Emulated = {},
  html = false,
): Promise<AwsError> {
  const subject = await createEmulatedSubject(settings, ofS3);
  subjects.push(subject);
  if (html) subject.s3.failNext({ kind: 'html' }, { times: 10 });
  const error: unknown = await subject.storage.videoExists(videoId).catch((thrown: unknown) => thrown);
  expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain('canary');
  if (error instanceof AwsError) return error;
  throw new Error('It works.');
}

test.each<[string, Partial<S3CloudFrontOptions>, Emulated, string, RegExp]>([
  [
    'a wrong region',
    { region: 'us-east-1' },
    { region: 'eu-west-1' },
    'AuthorizationHeaderMalformed',
    /in another region: set `region` to its own, eu-west-1,/,
  ],
  ['a bucket that is not there', { bucket: 'mistyped' }, {}, 'NoSuchBucket', /no such bucket: check `bucket`/],
  [
    'a wrong secret',
    { credentials: keysOf },
    { accessKeyId: keysOf.accessKeyId },
    'SignatureDoesNotMatch',
    /Check `credentials`/,
  ],
  ['unknown keys', { credentials: keysOf }, {}, 'InvalidAccessKeyId', /Check `credentials`/],
  [
    'temporary keys that have ended',
    { credentials: { ...keysOf, sessionToken: 'token-canary' } },
    { ...keysOf, sessionToken: 'token-canary', sessionExpiresAtMs: 1 },
    'ExpiredToken',
    /have expired: pass a provider function/,
  ],
  [
    'no credentials at all',
    { credentials: () => Promise.reject(Object.assign(new Error('canary'), { name: 'CredentialsProviderError' })) },
    {},
    'CredentialsProviderError',
    /No credentials were found, and nothing was sent: set `credentials`/,
  ],
])('%s is an error that explains the fix', async (_name, settings, ofS3, providerCode, advice) => {
  const error = await firstError(settings, ofS3);
  expect(error).toMatchObject({ code: 'BACKEND_REFUSED', providerCode, retryable: false });
  expect(error.message).toMatch(advice);
});

test('a web page in place of S3 is an error that names the endpoint', async () => {
  const error = await firstError({}, {}, true);
  expect(error).toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  expect(error.message).toContain('Check `endpoint`');
});

test.each<[string, object, RegExp]>([
  [
    '301 of a bucket that is elsewhere',
    {
      name: 'PermanentRedirect',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-3' } },
    },
    /set `region` to its own, eu-west-3,/,
  ],
  [
    '301 without a name, as a HEAD has it',
    { name: 'Unknown', $metadata: { httpStatusCode: 301 } },
    /set `region` to its own, and/,
  ],
  [
    'a region that is no region',
    {
      name: 'PermanentRedirect',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'https://canary' } },
    },
    /set `region` to its own, and/,
  ],
  ['a host without an address', { name: 'Error', code: 'ENOTFOUND' }, /no address: check `endpoint`/],
  [
    'rights that are missing',
    { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } },
    /may not do this: check their policy/,
  ],
])('%s explains the fix', (_name, thrown, advice) => {
  const { message } = toBackendError('S3', thrown, 0);
  expect(message).toMatch(advice);
  expect(message).not.toContain('canary');
});

test('an error that the host app cannot fix has no advice; nor has a code such as toString, which every object has', () => {
  const messageOf = (name: string, httpStatusCode: number) =>
    toBackendError('S3', { name, $metadata: { httpStatusCode } }, 0).message;
  expect(messageOf('SlowDown', 503)).toBe('S3 asks to slow down (SlowDown, 503).');
  expect(messageOf('toString', 400)).toBe('S3 refused the request (toString, 400).');
});
