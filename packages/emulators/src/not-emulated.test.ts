import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeSubject, invalidationBatch } from '../test-support/edge-subject.ts';
import { S3TestClient } from '../test-support/s3-test-client.ts';
import { sendRaw } from '../test-support/send-raw.ts';
import { basicDate } from '../test-support/sign-request.ts';
import { StreamTestClient } from '../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream/cloudflare-stream-emulator.ts';

let subject: EdgeSubject;
let emulator: CloudflareStreamEmulator;

beforeAll(async () => {
  subject = await EdgeSubject.start();
  emulator = await CloudflareStreamEmulator.start();
});
afterAll(async () => {
  await subject.stop();
  await emulator.stop();
});

const outcomes = (answers: readonly Promise<{ readonly outcome: string }>[]) =>
  Promise.all(answers.map(async (answer) => (await answer).outcome));
const statuses = async (
  calls: readonly (readonly [method: string, path: string])[],
  accountId = emulator.accountId,
) => {
  const client = new StreamTestClient({ ...emulator, accountId, apiOrigin: emulator.apiOrigin });
  return Promise.all(calls.map(async ([method, path]) => String((await client.api(method, path)).status)));
};
const elsewhere =
  '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>';

/** The requests for each line of the README's table. */
const asked: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'Subresources of S3': () => {
    const names = ['tagging', 'acl', 'lifecycle', 'replication', 'inventory', 'policy', 'versioning', 'website'];
    const ask = (key?: string) => names.map((name) => subject.bucket.call('GET', key, { query: { [name]: '' } }));
    const rename = subject.bucket.call('PUT', 'k', { query: { renameObject: '' } });
    return outcomes([...ask(), ...ask('k'), rename]);
  },
  'Tags in `x-amz-tagging` and in forms': () => {
    const headers = { 'x-amz-tagging': 'a=b' };
    return outcomes([
      subject.bucket.call('PUT', 'k', { headers, body: 'x' }),
      subject.bucket.call('PUT', 'k', { headers: { ...headers, 'x-amz-copy-source': '/videos/k' } }),
      subject.bucket.call('POST', 'k', { headers, query: { uploads: '' } }),
      subject.bucket.post([
        ...Object.entries(tagForm()),
        ['key', 'k'],
        ['tagging', '<Tagging/>'],
        { name: 'file', fileName: 'a', bytes: new Uint8Array(1) },
      ]),
    ]);
  },
  'Keys of customers': async () => {
    const names = ['server-side-encryption-customer-key', 'object-lock-legal-hold', 'website-redirect-location'];
    const asked = [...names, 'write-offset-bytes'].map((name) => ({ [`x-amz-${name}`]: 'x' }));
    const urls = ['x-amz-object-lock-mode', 'X-Amz-Object-Lock-Mode'].map((name) =>
      subject.bucket.presign('PUT', 'k', { query: { [name]: 'COMPLIANCE' } }),
    );
    const keyOfSource = { 'x-amz-copy-source-server-side-encryption-customer-key': 'x' };
    return outcomes([
      ...asked.map((headers) => subject.bucket.call('PUT', 'k', { headers, body: 'x' })),
      ...asked.map((headers) => subject.bucket.call('POST', 'k', { headers, query: { uploads: '' } })),
      ...urls.map((url) => sendRaw(subject.s3.endpoint, 'PUT', url, {}, 'x')),
      subject.bucket.call('PUT', 'k', { headers: { ...keyOfSource, 'x-amz-copy-source': '/videos/k' } }),
    ]);
  },
  'A single part of an object': () => {
    const ask = (method: string) => subject.bucket.call(method, 'k', { query: { partNumber: '1' } });
    return outcomes(['GET', 'PUT'].map(ask));
  },
  'Conditional deletes': async () => {
    const uploadId = await subject.bucket.begin('k');
    const source = { 'x-amz-copy-source': '/videos/k' };
    return outcomes([
      subject.bucket.call('DELETE', 'k', { headers: { 'if-match': '"x"' } }),
      subject.bucket.call('PUT', 'k', { query: { partNumber: '1', uploadId }, headers: source }),
      subject.bucket.call('PUT', 'k', { payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }),
      subject.bucket.call('GET', undefined, { query: { delimiter: '/', uploads: '' } }),
      subject.bucket.call('GET', undefined, { query: { delimiter: '/', versions: '' } }),
    ]);
  },
  'A second region of S3': async () => {
    const { endpoint, bucket, accessKeyId, secretAccessKey } = subject.s3;
    const other = new S3TestClient({ endpoint, bucket, accessKeyId, secretAccessKey, region: 'eu-west-1' });
    expect((await other.call('GET', 'k')).status).toBeGreaterThanOrEqual(400);
    return outcomes([subject.bucket.callPath('PUT', '/second', { body: elsewhere })]);
  },
  'A second distribution': () => {
    const path = '/2020-05-31/distribution/EOTHER/invalidation';
    return outcomes([subject.callApi('POST', path, invalidationBatch('one', ['/a'], 1))]);
  },
  'The API of CloudFront': () =>
    outcomes([
      subject.callApi('GET', '/2020-05-31/distribution'),
      subject.callApi('GET', subject.invalidationPath),
      subject.callApi('GET', `${subject.invalidationPath}/I0`),
      subject.callApi('POST', `${subject.invalidationPath}/I0`, '{}'),
      subject.callApi('POST', '/2020-05-31/function', '{}'),
    ]),
  'A second account of Stream': () => statuses([['GET', '']], 'f'.repeat(32)),
  'Live inputs': () =>
    statuses([
      ['GET', '/live_inputs'],
      ['POST', '/clip'],
      ['GET', '/a/audio'],
      ['GET', '/a/embed'],
      ['GET', '/watermarks/a'],
    ]),
};

function tagForm(): Readonly<Record<string, string>> {
  const date = basicDate(Date.now());
  const expiration = new Date(subject.clock.now() + 60_000).toISOString();
  const fields = [{ bucket: 'videos' }, ['starts-with', '$key', ''], ['starts-with', '$tagging', '']];
  const signed = Object.entries(subject.bucket.signPolicy('{}', date))
    .filter(([name]) => /^X-Amz-(?:Algorithm|Credential|Date)$/.test(name))
    .map(([name, value]) => ({ [name.toLowerCase()]: value }));
  return subject.bucket.signPolicy(JSON.stringify({ expiration, conditions: [...fields, ...signed] }), date);
}

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = [
  ...(readme.split('| Not emulated |')[1]?.split('\n\n')[0] ?? '').matchAll(/^\| (\w.*?) \| (\d.*?) \|$/gm),
];

test.each(rows.map(([, what = '', answer = '']) => [what, answer]))(
  '%s: %s, as the README says',
  async (what, answer) => {
    const [status = '', code = ''] = /^(\d+)(?: `(\w+)`)?/.exec(answer)?.slice(1) ?? [];
    const [, ask] = Object.entries(asked).find(([name]) => what.startsWith(name)) ?? [];
    const heard = (await ask?.()) ?? [];
    expect(heard.length).toBeGreaterThan(0);
    for (const outcome of heard) expect(outcome).toBe(code === '' ? status : `${status} ${code}`);
  },
);

test('the README lists what is requested here, and nothing else', () => {
  expect(rows).toHaveLength(Object.keys(asked).length);
});
