import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { bytes, describe, type S3Case, type StoreUnderTest } from './s3-case.ts';

/** A form for exactly ten bytes of video/mp4, changed before it is sent. */
function post(change: (form: { fields: Record<string, string>; file: Blob }) => void, expiresInSeconds = 60) {
  return async ({ client, bucket }: StoreUnderTest): Promise<string> => {
    const { url, fields } = await createPresignedPost(client, {
      Bucket: bucket,
      Key: 'videos/a/source.mp4',
      Expires: expiresInSeconds,
      Fields: { 'Content-Type': 'video/mp4', success_action_status: '201' },
      Conditions: [['content-length-range', 10, 10]],
    });
    const form = { fields: { ...fields }, file: new Blob([bytes(10)]) };
    change(form);
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append('file', form.file, 'film.mp4');
    const response = await fetch(url, { method: 'POST', body });
    return describe(response);
  };
}

/** Forms: the store enforces the policy. */
export const postCases: readonly S3Case[] = [
  { name: 'a form as it was signed', expected: '201', run: post(() => {}) },
  {
    name: 'one byte too many',
    expected: '400 EntityTooLarge',
    run: post((form) => (form.file = new Blob([bytes(11)]))),
  },
  { name: 'one byte too few', expected: '400 EntityTooSmall', run: post((form) => (form.file = new Blob([bytes(9)]))) },
  {
    name: 'another type',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['Content-Type'] = 'text/html')),
  },
  { name: 'no type', expected: '403 AccessDenied', run: post((form) => delete form.fields['Content-Type']) },
  {
    name: 'another key',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['key'] = 'videos/b/source.mp4')),
  },
  {
    name: 'a field that was not signed',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['x-amz-meta-more'] = 'x')),
  },
  {
    name: 'a changed signature',
    expected: '403 SignatureDoesNotMatch',
    quirks: {
      'Ceph RGW': { answer: '403 AccessDenied', reason: 'it has one code for everything that is wrong with a form' },
    },
    run: post((form) => (form.fields['X-Amz-Signature'] = '0'.repeat(64))),
  },
  {
    name: 'a changed policy',
    expected: '403 SignatureDoesNotMatch',
    quirks: {
      'Ceph RGW': { answer: '403 AccessDenied', reason: 'it has one code for everything that is wrong with a form' },
    },
    run: post(
      (form) =>
        (form.fields['Policy'] = Buffer.from('{"expiration":"2100-01-01T00:00:00Z","conditions":[]}').toString(
          'base64',
        )),
    ),
  },
  { name: 'a form that has expired', expected: '403 AccessDenied', run: post(() => {}, -10) },
  {
    name: 'an empty file',
    expected: '400 EntityTooSmall',
    run: post((form) => (form.file = new Blob([]))),
  },
  {
    name: 'no signature at all',
    expected: '403 AccessDenied',
    run: post((form) => {
      for (const name of Object.keys(form.fields)) if (/^(X-Amz-|Policy)/.test(name)) delete form.fields[name];
    }),
  },
  {
    name: 'another answer than was signed',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['success_action_status'] = '200')),
  },
];
