import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, sendRaw } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

// No request may cause another error than one of S3, hang, or reach other files than the bucket's.

let s3: S3Emulator;
let client: S3TestClient;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-requests-'));
  vi.stubEnv('TMPDIR', folder);
  s3 = await S3Emulator.start();
  client = new S3TestClient(s3);
});
afterEach(async () => {
  await s3.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('paths', () => {
  test.each(['/videos/%', '/videos/%zz', '/videos/%ff', '/%c0%ae'])('%s cannot be decoded', async (path) => {
    expect((await sendRaw(s3.endpoint, 'GET', path)).outcome).toBe('400 InvalidURI');
  });

  test.each(['/', 'http://[', '/?x'])('%s is the list of buckets, which needs a signature', async (path) => {
    expect((await sendRaw(s3.endpoint, 'GET', path)).outcome).toBe('403 AccessDenied');
  });

  test.each(['//', '//videos/k', '/other/../videos/k', '/videos%2Fk', '*'])('%s is not in the bucket', async (path) => {
    expect((await sendRaw(s3.endpoint, 'GET', path)).outcome).toBe('404 NoSuchBucket');
  });

  test('dots and slashes are characters of a key like any other', async () => {
    for (const key of ['../k', '..', './k', 'a//b', 'a/../../etc/passwd', '/k']) {
      const path = `/videos/${key}`;
      expect((await client.callPath('PUT', path, { body: key })).outcome).toBe('200');
      expect(s3.keys).toEqual([key]);
      expect((await client.callPath('GET', path)).text).toBe(key);
      await client.callPath('DELETE', path);
    }
  });

  test('a full URL, as proxies send it, is reduced to its path', async () => {
    await client.call('PUT', 'k', { body: 'x' });
    const whole = `${s3.endpoint}${client.presign('GET', 'k')}`;
    expect((await sendRaw(s3.endpoint, 'GET', whole)).text).toBe('x');
  });

  test('keys of any characters come back as they are', async () => {
    for (const key of ['a b', 'ä/日本', "!'()*~", 'a+b&c=d', '%41', '__proto__', '\u0001']) {
      expect((await client.call('PUT', key, { body: key })).outcome).toBe('200');
      expect((await client.call('GET', key)).text).toBe(key);
    }
    expect(s3.keys).toHaveLength(7);
  });

  test('a key may have 1 024 bytes, but not one more', async () => {
    expect((await client.call('PUT', 'é'.repeat(512))).outcome).toBe('200');
    expect((await client.call('PUT', `${'é'.repeat(512)}a`)).outcome).toBe('400 KeyTooLongError');
  });
});

describe('XML', () => {
  const entities = Array.from(
    { length: 10 },
    (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`,
  ).join('');
  const object = (key: string) => `<Object><Key>${key}</Key></Object>`;
  test.each<[string, string, string]>([
    ['nothing', '', '400 MalformedXML'],
    ['no XML', 'hello', '400 MalformedXML'],
    ['another document', '<Other/>', '400 MalformedXML'],
    ['an open element', '<Delete><Object>', '400 MalformedXML'],
    ['two roots', `<Delete>${object('a')}</Delete><Delete/>`, '400 MalformedXML'],
    ['no key', '<Delete><Object/></Delete>', '400 MalformedXML'],
    ['text for an object', '<Delete><Object>a</Object></Delete>', '400 MalformedXML'],
    ['an element for a key', '<Delete><Object><Key><a/></Key></Object></Delete>', '400 MalformedXML'],
    [
      'an external entity',
      `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete>${object('&e;')}</Delete>`,
      '400 MalformedXML',
    ],
    [
      'entities of entities',
      `<!DOCTYPE d [<!ENTITY e0 "ha">${entities}]><Delete>${object('&e10;')}</Delete>`,
      '400 MalformedXML',
    ],
    ['deep nesting', `${'<Delete>'.repeat(100_000)}${'</Delete>'.repeat(100_000)}`, '400 MalformedXML'],
    ['names of JavaScript members', '<Delete><__proto__><Key>a</Key></__proto__></Delete>', '400 MalformedXML'],
    ['more than 2 MB', `<Delete>${' '.repeat(3_000_000)}</Delete>`, '400 MaxMessageLengthExceeded'],
    ['a known escape', `<Delete>${object('&#x41;&amp;&quot;')}</Delete>`, '200'],
  ])('%s', async (_name, body, expected) => {
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    const answer = await client.call('POST', undefined, { query: { delete: '' }, body, headers });
    expect(answer.outcome).toBe(expected);
    if (expected === '200') expect(elementText(answer.text, 'Key')).toBe('A&amp;&quot;');
  });

  test('an invalid list of parts', async () => {
    const uploadId = await client.begin('k');
    const complete = (inside: string) =>
      client.call('POST', 'k', {
        query: { uploadId },
        body: `<CompleteMultipartUpload>${inside}</CompleteMultipartUpload>`,
      });
    for (const inside of [
      '<Part/>',
      '<Part>1</Part>',
      '<Part><PartNumber>x</PartNumber><ETag>a</ETag></Part>',
      '<Part><PartNumber>1</PartNumber></Part>',
    ]) {
      expect((await complete(inside)).outcome).toBe('400 MalformedXML');
    }
  });
});

describe('connections', () => {
  /** Files of bodies in the emulator's folder. */
  const bodies = async () => {
    const [name = ''] = await readdir(folder);
    return readdir(join(folder, name));
  };

  test('a PUT whose connection breaks leaves no object and no file', async () => {
    const socket = connect(Number(new URL(s3.endpoint).port), '127.0.0.1');
    socket.on('error', () => undefined);
    const head = `PUT ${client.presign('PUT', 'k')} HTTP/1.1\r\nHost: ${new URL(s3.endpoint).host}\r\nContent-Length: 1000000\r\n\r\n`;
    socket.write(head);
    socket.write(new Uint8Array(1000));
    await vi.waitUntil(async () => (await bodies()).length === 1, { timeout: 10_000 });
    socket.destroy();
    await vi.waitUntil(async () => (await bodies()).length === 0, { timeout: 10_000 });
    expect(s3.keys).toEqual([]);
  });

  test('replaced, refused, completed and removed objects leave no file', async () => {
    const condition = { headers: { 'if-none-match': '*' } };
    expect((await client.call('PUT', 'k', { body: 'one' })).outcome).toBe('200');
    expect((await client.call('PUT', 'k', { body: 'two' })).outcome).toBe('200');
    expect((await client.call('PUT', 'k', { body: 'three', ...condition })).status).toBe(412);
    expect(await bodies()).toHaveLength(1);
    const id = await client.begin('joined');
    await client.putPart('joined', id, 1, Buffer.from('first'));
    const eTag = await client.putPart('joined', id, 1, Buffer.from('again'));
    expect(await bodies()).toHaveLength(2);
    const unknown = { query: { uploadId: 'unknown', partNumber: '1' }, body: 'x' };
    expect((await client.call('PUT', 'joined', unknown)).status).toBe(404);
    expect(await bodies()).toHaveLength(2);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${eTag}</ETag></Part></CompleteMultipartUpload>`;
    expect((await client.call('POST', 'joined', { query: { uploadId: id }, body })).outcome).toBe('200');
    expect(await bodies()).toHaveLength(2);
    for (const key of ['k', 'joined']) expect((await client.call('DELETE', key)).status).toBe(204);
    expect(await bodies()).toEqual([]);
  });

  test('a version that is removed leaves no file', async () => {
    await s3.stop();
    s3 = await S3Emulator.start({ versioned: true });
    client = new S3TestClient(s3);
    const { headers } = await client.call('PUT', 'k', { body: 'one' });
    await client.call('DELETE', 'k');
    expect(await bodies()).toHaveLength(1);
    await client.call('DELETE', 'k', { query: { versionId: String(headers['x-amz-version-id']) } });
    expect(await bodies()).toEqual([]);
  });

  test('an unfinished head, garbage, and a stalled connection do not prevent a stop', async () => {
    const sockets = ['GET / HT', '\u0000\u0001\u0002\r\n\r\n', ''].map((text) => {
      const socket = connect(Number(new URL(s3.endpoint).port), '127.0.0.1', () => socket.write(text));
      return socket.on('error', () => undefined).resume();
    });
    // Each connection is closed, by a reset or an end.
    const closed = sockets.map((socket) => new Promise<void>((resolve) => void socket.on('close', () => resolve())));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await s3.stop();
    await Promise.all(closed);
  });

  test('a reader that disconnects does no harm, and `stop` may be called twice', async () => {
    await client.call('PUT', 'k', { body: new Uint8Array(5_000_000) });
    const abort = new AbortController();
    const response = await fetch(`${s3.endpoint}${client.presign('GET', 'k')}`, { signal: abort.signal });
    abort.abort();
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect((await client.call('HEAD', 'k')).status).toBe(200);
    await s3.stop();
    await s3.stop();
  });

  test('a port in use is an error, and no folder is left', async () => {
    await expect(S3Emulator.start({ port: Number(new URL(s3.endpoint).port) })).rejects.toThrow('EADDRINUSE');
    expect(await readdir(folder)).toHaveLength(1);
    await s3.stop();
    expect(await readdir(folder)).toEqual([]);
  });
});
