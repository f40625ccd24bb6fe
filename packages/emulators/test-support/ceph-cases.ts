import { createHash } from 'node:crypto';
import { S3TestClient, type StoreFacts } from './s3-test-client.ts';
import { elementText } from './send-raw.ts';
import { postForm } from './signed-form.ts';

/**
 * A behaviour of Ceph's gateway 16 that differs from Amazon S3; tested on the emulator that behaves like it, and on the
 * gateway.
 */
export interface CephCase {
  readonly name: string;
  /** Whether the bucket keeps versions. */
  readonly versioned?: boolean;
  readonly expected: unknown;
  run(store: StoreFacts): Promise<unknown>;
}

const ABSENT = { 'if-none-match': '*' };
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The calls of the cases on one bucket. */
class Calls {
  readonly client: S3TestClient;

  constructor(store: StoreFacts) {
    this.client = new S3TestClient(store);
  }

  async put(headers: Record<string, string> = {}, body = 'x'): Promise<string> {
    return (await this.client.call('PUT', 'k', { body, headers })).outcome;
  }

  async copy(headers: Record<string, string>, source: string): Promise<string> {
    return (await this.client.call('PUT', 'to', { headers: { 'x-amz-copy-source': source, ...headers } })).outcome;
  }

  /** An upload of one part; completes it with headers. */
  async beginOne() {
    const id = await this.client.begin('k');
    const parts = [[1, await this.client.putPart('k', id, 1, new Uint8Array(10))]] as const;
    return (headers: Record<string, string> = {}) => this.client.complete('k', id, parts, headers);
  }
}

/** Every quirk of `behavesLike: 'ceph-16'`. */
export const cephCases: readonly CephCase[] = [
  {
    name: 'ignores the condition of a copy on its source',
    expected: '200',
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      return calls.copy({ 'x-amz-copy-source-if-match': '"other"' }, `/${store.bucket}/k`);
    },
  },
  {
    name: 'ignores create-if-absent of a copy',
    expected: '200',
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      await calls.copy({}, `/${store.bucket}/k`);
      return calls.copy(ABSENT, `/${store.bucket}/k`);
    },
  },
  {
    name: 'ignores create-if-absent of a completed upload',
    expected: '200',
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      return (await (await calls.beginOne())(ABSENT)).outcome;
    },
  },
  {
    name: 'ignores If-Match of a completed upload',
    expected: '200',
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      return (await (await calls.beginOne())({ 'if-match': '"other"' })).outcome;
    },
  },
  {
    name: 'creates if absent by PUT, exactly one of twenty at once',
    expected: [1, 19],
    run: async (store) => {
      const calls = new Calls(store);
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => calls.put(ABSENT, `${index}`)));
      return ['200', '412 PreconditionFailed'].map((outcome) => outcomes.filter((one) => one === outcome).length);
    },
  },
  {
    name: 'ignores create-if-absent by PUT with versions',
    versioned: true,
    expected: ['200', '200', 'second'],
    run: async (store) => {
      const calls = new Calls(store);
      const outcomes = [await calls.put(ABSENT), await calls.put(ABSENT, 'second')];
      return [...outcomes, (await calls.client.call('GET', 'k')).text];
    },
  },
  {
    name: 'matches the ETag of a PUT only without quotes, and any by *',
    expected: ['412 PreconditionFailed', '200', '200', '412 PreconditionFailed'],
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      const outcomes: string[] = [];
      for (const tag of [`"${md5('x')}"`, md5('x'), '*', md5('other')])
        outcomes.push(await calls.put({ 'if-match': tag }));
      return outcomes;
    },
  },
  {
    name: 'looks at If-Match of a GET, and never at that of a DELETE',
    expected: ['412 PreconditionFailed', '204', '404 NoSuchKey'],
    run: async (store) => {
      const calls = new Calls(store);
      await calls.put();
      const headers = { 'if-match': '"other"' };
      const read = await calls.client.call('GET', 'k', { headers });
      const removed = await calls.client.call('DELETE', 'k', { headers });
      return [read.outcome, removed.outcome, (await calls.client.call('GET', 'k')).outcome];
    },
  },
  {
    name: 'accepts wrong checksums and repeats none, but looks at Content-MD5',
    expected: ['200', undefined, '200', '400 BadDigest'],
    run: async (store) => {
      const calls = new Calls(store);
      const wrong = { 'x-amz-checksum-crc32': 'AAAAAA==' };
      const answer = await calls.client.call('PUT', 'k', { body: 'x', headers: wrong });
      const completed = await (await calls.beginOne())(wrong);
      const digest = createHash('md5').update('other').digest('base64');
      const put = await calls.put({ 'content-md5': digest });
      return [answer.outcome, answer.headers['x-amz-checksum-crc32'], completed.outcome, put];
    },
  },
  {
    name: 'answers a completed upload without an ETag, and with the real one when it is completed again',
    expected: ['200', '', '200', true],
    run: async (store) => {
      const calls = new Calls(store);
      const complete = await calls.beginOne();
      const [first, again] = [await complete(), await complete()];
      const eTag = String((await calls.client.call('HEAD', 'k')).headers['etag']).replaceAll('"', '');
      return [
        first.outcome,
        elementText(first.text, 'ETag') ?? '',
        again.outcome,
        (elementText(again.text, 'ETag') ?? '').includes(eTag),
      ];
    },
  },
  {
    name: 'answers a form without ETag and Location headers, with a bare ETag',
    expected: ['201', undefined, undefined, true],
    run: async (store) => {
      const { outcome, headers, text } = await postForm(store, Date.now());
      return [outcome, headers['etag'], headers['location'], /^[0-9a-f]{32}$/.test(elementText(text, 'ETag') ?? '')];
    },
  },
  {
    name: 'refuses a forged form with AccessDenied',
    expected: '403 AccessDenied',
    run: async (store) => {
      const { outcome } = await postForm(store, Date.now(), (form) => {
        form.replaced = { 'X-Amz-Signature': 'f'.repeat(64) };
      });
      return outcome;
    },
  },
  {
    name: 'sends no message with an error',
    expected: ['404 NoSuchKey', ''],
    run: async (store) => {
      const { outcome, text } = await new S3TestClient(store).call('GET', 'none');
      return [outcome, elementText(text, 'Message') ?? ''];
    },
  },
];
