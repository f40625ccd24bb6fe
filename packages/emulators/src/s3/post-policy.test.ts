import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText } from '../../test-support/send-raw.ts';
import { basicDate } from '../../test-support/sign-request.ts';
import { type Form, postForm, setField as set, dropConditions as without } from '../../test-support/signed-form.ts';
import { S3Emulator } from './s3-emulator.ts';

// Rules of Amazon S3's POST policies, each with a form that follows it and one that breaks it.

const clock = new ManualClock();
let s3: S3Emulator;
let client: S3TestClient;

beforeAll(async () => {
  s3 = await S3Emulator.start({ clock });
  client = new S3TestClient(s3);
});
afterAll(() => s3.stop());

const post = (change?: (form: Form) => void, store = s3) => postForm(store, clock.now(), change);
const outcomeOf = async (change?: (form: Form) => void) => (await post(change)).outcome;

describe('rule 1: the policy is base64 of UTF-8 JSON with expiration and conditions', () => {
  test.each<[string, string]>([
    ['no JSON', 'expiration'],
    ['no object', 'null'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')],
    ['no expiration', '{"conditions":[]}'],
    ['no conditions', '{"expiration":"2100-01-01T00:00:00Z"}'],
    ['no list of conditions', '{"expiration":"2100-01-01T00:00:00Z","conditions":{}}'],
    ['Expiration with a capital', '{"Expiration":"2100-01-01T00:00:00Z","conditions":[]}'],
    ['Conditions with a capital', '{"expiration":"2100-01-01T00:00:00Z","Conditions":[]}'],
    ['an expiration that is not an instant', '{"expiration":"2100","conditions":[]}'],
    ['an expiration without a zone', '{"expiration":"2100-01-01T00:00:00","conditions":[]}'],
    ['an expiration with text after it', '{"expiration":"2100-01-01T00:00:00Z (x)","conditions":[]}'],
    ['an expiration that no calendar has', '{"expiration":"2100-13-01T00:00:00Z","conditions":[]}'],
    ['a condition of one part', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["eq"]]}'],
    ['a condition that is text', '{"expiration":"2100-01-01T00:00:00Z","conditions":["key"]}'],
    ['a condition that is nothing', '{"expiration":"2100-01-01T00:00:00Z","conditions":[null]}'],
    ['a name without $', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["eq","key","a"]]}'],
    ['another comparison', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["ends-with","$key","a"]]}'],
    ['a number to match', '{"expiration":"2100-01-01T00:00:00Z","conditions":[{"key":1}]}'],
    ['a range of one number', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range",1]]}'],
    ['a negative range', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range",-1,1]]}'],
    [
      'a range whose minimum exceeds its maximum',
      '{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range",2,1]]}',
    ],
    ['a range of words', '{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range","",true]]}'],
  ])('%s', async (_name, policy) => {
    expect(await outcomeOf((form) => (form.policy = policy))).toBe('400 InvalidPolicyDocument');
  });

  test('\\$ and \\u escapes, and digits as text', async () => {
    const change = (form: Form) => {
      set(form, 'x-amz-meta-price', '$é');
      form.conditions.push({ 'x-amz-meta-price': 'PRICE' });
      without(form, 'content-length-range');
      form.conditions.push(['content-length-range', '10', '10']);
      const bare = client.signPolicy('', form.date);
      for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date']) {
        form.conditions.push({ [name]: bare[name] });
      }
      const { expiration, conditions } = form;
      form.policy = JSON.stringify({ expiration, conditions }).replace('PRICE', '\\$\\u00e9');
    };
    expect(await outcomeOf(change)).toBe('201');
  });
});

describe('rule 2: who signed, and what', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'an unknown access key',
      { 'X-Amz-Credential': 'AKIANOBODY/20260101/us-east-1/s3/aws4_request' },
      '403 InvalidAccessKeyId',
    ],
    ['another signature', { 'X-Amz-Signature': '0'.repeat(64) }, '403 SignatureDoesNotMatch'],
    ['a signature that is too short', { 'X-Amz-Signature': 'abc' }, '403 SignatureDoesNotMatch'],
    ['another algorithm', { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA1' }, '400 InvalidArgument'],
    ['a day without a time', { 'X-Amz-Date': basicDate(Date.now()).slice(0, 8) }, '400 InvalidArgument'],
    ['a day that is not the credential’s', { 'X-Amz-Date': '20000101T000000Z' }, '403 SignatureDoesNotMatch'],
  ])('%s', async (_name, replaced, expected) => {
    expect(await outcomeOf((form) => (form.replaced = replaced))).toBe(expected);
  });

  test.each([
    'us-west-2/s3/aws4_request',
    'us-east-1/sqs/aws4_request',
    'us-east-1/s3/aws4',
    'us-east-1/s3/aws4_request/x',
  ])('the scope %s', async (scope) => {
    const credential = `${s3.accessKeyId}/${basicDate(Date.now()).slice(0, 8)}/${scope}`;
    expect(await outcomeOf((form) => (form.replaced = { 'X-Amz-Credential': credential }))).toBe(
      '400 AuthorizationHeaderMalformed',
    );
  });

  test('a policy that is changed by one space after it was signed', async () => {
    const Policy = Buffer.from('{"expiration":"2100-01-01T00:00:00Z", "conditions":[]}').toString('base64');
    expect(await outcomeOf((form) => (form.replaced = { Policy }))).toBe('403 SignatureDoesNotMatch');
  });

  test('the credential must be the one that the policy names', async () => {
    const change = (form: Form) =>
      form.conditions.push({ 'X-Amz-Credential': 'AKIAOTHER/20260101/us-east-1/s3/aws4_request' });
    expect(await outcomeOf(change)).toBe('403 AccessDenied');
  });
});

describe('rule 3: the end', () => {
  test('to the millisecond', async () => {
    const at = (offsetMs: number) => (form: Form) => (form.expiration = new Date(clock.now() + offsetMs).toISOString());
    expect(await outcomeOf(at(1))).toBe('201');
    const late = await post(at(0));
    expect(late.outcome).toBe('403 AccessDenied');
    expect(elementText(late.text, 'Message')).toBe('Invalid according to Policy: Policy expired.');
  });

  test('temporary credentials need their token, and expire', async () => {
    const temporary = await S3Emulator.start({ clock, sessionToken: 'token', sessionExpiresAtMs: clock.now() + 1000 });
    const withToken = (token: string) => (form: Form) => {
      set(form, 'X-Amz-Security-Token', token);
      form.conditions.push({ 'X-Amz-Security-Token': token });
    };
    expect((await post(() => undefined, temporary)).outcome).toBe('400 InvalidToken');
    expect((await post(withToken('other'), temporary)).outcome).toBe('400 InvalidToken');
    expect((await post(withToken('token'), temporary)).outcome).toBe('201');
    clock.advance(1000);
    expect((await post(withToken('token'), temporary)).outcome).toBe('400 ExpiredToken');
    await temporary.stop();
    expect(await outcomeOf(withToken('token'))).toBe('400 InvalidToken');
  });
});

describe('T-A2, rule 4: every field is covered', () => {
  test.each(['acl', 'x-amz-meta-more', 'Cache-Control', 'tagging', 'anything'])('%s is not', async (name) => {
    const answer = await post((form) => set(form, name, 'x'));
    expect(answer.outcome).toBe('403 AccessDenied');
    expect(elementText(answer.text, 'Message')).toBe(
      `Invalid according to Policy: Extra input fields: ${name.toLowerCase()}`,
    );
  });

  test('x-ignore- fields need not be', async () => {
    expect(await outcomeOf((form) => set(form, 'x-ignore-me', 'x'))).toBe('201');
  });

  test.each(['key', 'Content-Type', 'success_action_status'])('%s without its condition', async (name) => {
    expect(await outcomeOf((form) => without(form, name))).toBe('403 AccessDenied');
  });

  test('the bucket must be in the policy, although it is not in the form', async () => {
    expect(await outcomeOf((form) => without(form, 'bucket'))).toBe('403 AccessDenied');
  });

  test('no field is hidden by a hundred others', async () => {
    const change = (form: Form) => {
      for (let index = 0; index < 150; index += 1) form.fields.unshift([`x-ignore-${index}`, '']);
      form.fields.push(['x-amz-meta-hidden', 'x']);
    };
    expect(await outcomeOf(change)).toBe('403 AccessDenied');
  });
});

describe('T-A2, rule 5: each condition holds', () => {
  const startsWith = (name: string, prefix: string, value: string) => (form: Form) => {
    without(form, name);
    set(form, name, value);
    form.conditions.push(['starts-with', `$${name}`, prefix]);
  };

  test.each<[string, (form: Form) => void, string]>([
    ['eq of another value', (form) => set(form, 'Content-Type', 'video/webm'), '403 AccessDenied'],
    ['eq of another case', (form) => set(form, 'Content-Type', 'Video/mp4'), '403 AccessDenied'],
    ['starts-with that holds', startsWith('key', 'videos/', 'videos/b.mp4'), '201'],
    ['starts-with that does not', startsWith('key', 'videos/', 'Videos/b.mp4'), '403 AccessDenied'],
    ['starts-with nothing is anything', startsWith('Content-Type', '', 'text/html'), '201'],
    ['one type of several', startsWith('Content-Type', 'video/', 'video/mp4'), '201'],
    ['all types of several', startsWith('Content-Type', 'video/', 'video/mp4,video/webm'), '201'],
    ['not all types of several', startsWith('Content-Type', 'video/', 'video/mp4,text/html'), '403 AccessDenied'],
    ['a comma elsewhere is a character', startsWith('key', 'videos/', 'videos/a,b'), '201'],
    [
      'a condition whose field is absent',
      (form) => form.conditions.push(['starts-with', '$x-amz-meta-user', '']),
      '403 AccessDenied',
    ],
    [
      'a field that comes twice, joined',
      (form) => {
        form.fields.push(['x-amz-meta-a', '1'], ['x-amz-meta-a', '2']);
        form.conditions.push({ 'x-amz-meta-a': '1,2' });
      },
      '201',
    ],
    [
      'a field that comes twice, one of them',
      (form) => {
        form.fields.push(['x-amz-meta-a', '1'], ['x-amz-meta-a', '2']);
        form.conditions.push({ 'x-amz-meta-a': '2' });
      },
      '403 AccessDenied',
    ],
  ])('%s', async (_name, change, expected) => {
    expect(await outcomeOf(change)).toBe(expected);
  });

  test.each([
    'bucket',
    'success_action_status',
    'x-amz-algorithm',
    'x-amz-credential',
    'x-amz-date',
    'X-Amz-Security-Token',
  ])('%s may be matched exactly only', async (name) => {
    expect(await outcomeOf((form) => form.conditions.push(['starts-with', `$${name}`, '']))).toBe('403 AccessDenied');
  });
});

describe('T-A2, rule 6: the size of the file, both ends included', () => {
  test.each<[number, string]>([
    [9, '400 EntityTooSmall'],
    [10, '201'],
    [12, '201'],
    [13, '400 EntityTooLarge'],
    [0, '400 EntityTooSmall'],
  ])('%i bytes of 10 to 12', async (size, expected) => {
    const change = (form: Form) => {
      without(form, 'content-length-range');
      form.conditions.push(['content-length-range', 10, 12]);
      form.file = new Uint8Array(size);
    };
    expect(await outcomeOf(change)).toBe(expected);
  });

  test('the refusals name the sizes', async () => {
    const large = await post((form) => (form.file = new Uint8Array(200_000)));
    expect([elementText(large.text, 'ProposedSize'), elementText(large.text, 'MaxSizeAllowed')]).toEqual([
      '200000',
      '10',
    ]);
    const small = await post((form) => (form.file = new Uint8Array(9)));
    expect([elementText(small.text, 'ProposedSize'), elementText(small.text, 'MinSizeAllowed')]).toEqual(['9', '10']);
  });

  test('of several ranges all hold; without one any size does', async () => {
    const two = (form: Form) => form.conditions.push(['content-length-range', 0, 9]);
    expect(await outcomeOf(two)).toBe('400 EntityTooLarge');
    const reversed = (form: Form) => form.conditions.unshift(['content-length-range', 0, 9]);
    expect(await outcomeOf(reversed)).toBe('400 EntityTooLarge');
    const none = (form: Form) => {
      without(form, 'content-length-range');
      form.file = new Uint8Array(100_000);
    };
    expect(await outcomeOf(none)).toBe('201');
  });
});
