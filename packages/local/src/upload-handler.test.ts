import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord, UploadRequest } from '@videostorage/core';
import { Logger, RateLimiter } from '@videostorage/core';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requestFor, SECRET, tusUrl } from '../test-support/requests.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { nodeFileFunctions } from './file-functions.ts';
import type { LocalStorageOptions } from './local-options.ts';
import { LocalStorage } from './local-storage.ts';

const film = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };
let folder: string;
let clock: ManualClock;
let log: LogRecord[];

beforeEach(() => {
  folder = temporaryFolder();
  clock = new ManualClock();
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A storage whose `fetch` is called without a server. */
function storageWith(options: Partial<LocalStorageOptions> = {}): LocalStorage {
  const logger = new Logger({ sink: (record) => log.push(record) });
  return new LocalStorage({
    ...{ folder, clock, logger, baseUrl: 'https://host.example/media', referenceSecrets: [SECRET] },
    ...options,
  });
}

/** An upload, and functions that send requests to its URL. */
async function uploadTo(storage: LocalStorage, changes: Partial<UploadRequest> = {}) {
  const ticket = await storage.getUploadUrl(requestFor(film, changes));
  const url = tusUrl(ticket);
  const ask = (method: string, headers: Readonly<Record<string, string>> = {}, body?: Uint8Array<ArrayBuffer>) =>
    storage.fetch(
      new Request(url, { method, headers: { 'Tus-Resumable': '1.0.0', ...headers }, ...(body && { body }) }),
    );
  const send = (offset: number, body: Uint8Array<ArrayBuffer>, method = 'PATCH', more = {}) =>
    ask(method, { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...more }, body);
  return { ticket, url, ask, send, confirm: () => storage.confirmUpload(ticket.uploadReference, anna) };
}

const sentFiles = () => readdirSync(join(folder, 'uploads'));
const facts = ({ status, headers }: Response) => ({
  status,
  offset: headers.get('upload-offset'),
  length: headers.get('upload-length'),
  expires: headers.get('upload-expires'),
  version: headers.get('tus-resumable'),
  caching: headers.get('cache-control'),
});

test('a storage takes its options from getters and methods of a class too', async () => {
  class Settings {
    readonly folder = folder;
    readonly baseUrl = 'https://host.example/media';
    readonly referenceSecrets = [SECRET];
    readonly #limiter = new RateLimiter({ upload: [{ scope: 'user', limit: 1, windowSeconds: 60 }] });
    readonly #seconds = 7;
    get rateLimiter() {
      return this.#limiter;
    }
    async probe() {
      const kind = { outcome: 'video', container: 'mp4', mimeType: 'video/mp4' } as const;
      const picture = { widthPixels: 320, heightPixels: 180, rotationDegrees: 0 } as const;
      return { ...kind, ...picture, durationSeconds: this.#seconds, bytesRead: 1, reads: 1 };
    }
  }
  const storage = new LocalStorage(new Settings());
  const { send, confirm } = await uploadTo(storage);
  await send(0, film);
  expect(await confirm()).toMatchObject({ status: 'ready', durationSeconds: 7 });
  await expect(storage.getUploadUrl(requestFor(film))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

describe('an upload that is not complete', () => {
  test('says by HEAD how much has arrived, of how much, and until when it lives; by PATCH as well', async () => {
    const { ask, send, ticket } = await uploadTo(storageWith());
    const expires = new Date(ticket.expiresAt).toUTCString();
    const length = String(film.length);
    const head = { status: 200, length, expires, version: '1.0.0', caching: 'no-store' };
    expect(facts(await ask('HEAD'))).toEqual({ ...head, offset: '0' });
    expect(facts(await send(0, film.slice(0, 7)))).toMatchObject({
      status: 204,
      offset: '7',
      expires,
      version: '1.0.0',
    });
    expect(facts(await ask('HEAD'))).toEqual({ ...head, offset: '7' });
  });

  test('is sent by POST where X-HTTP-Method-Override says PATCH, in any case, and not without', async () => {
    const { ask, send } = await uploadTo(storageWith());
    expect((await send(0, film.slice(0, 7), 'POST', { 'X-HTTP-Method-Override': ' patch ' })).status).toBe(204);
    expect((await ask('HEAD')).headers.get('upload-offset')).toBe('7');
    const refused = await send(7, film.slice(7, 9), 'POST');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'HEAD, PATCH, DELETE, POST, OPTIONS']);
    // The header is ignored when the request is not a POST.
    expect((await send(7, film.slice(7, 9), 'PATCH', { 'X-HTTP-Method-Override': 'GET' })).status).toBe(204);
  });

  test('is removed by DELETE, and is not found from then on', async () => {
    const { ask, send } = await uploadTo(storageWith());
    expect(facts(await ask('DELETE'))).toMatchObject({ status: 204, version: '1.0.0' });
    expect(sentFiles()).toEqual([]);
    for (const answer of [await ask('HEAD'), await send(0, film), await ask('DELETE')]) {
      expect(facts(answer)).toMatchObject({ status: 404, version: '1.0.0' });
    }
  });

  test('is refused with another signature, and over from the end of its ticket on', async () => {
    const storage = storageWith();
    const { ask, url, ticket } = await uploadTo(storage);
    const forged = new Request(
      url.replace(/signature=./, (found) => `${found}A`),
      { method: 'HEAD' },
    );
    expect((await storage.fetch(forged)).status).toBe(403);
    clock.advance(Date.parse(ticket.expiresAt) - clock.now() - 1);
    expect((await ask('HEAD')).status).toBe(200);
    clock.advance(1);
    expect((await ask('HEAD')).status).toBe(410);
    expect((await ask('DELETE')).status).toBe(410);
    expect(sentFiles()).toHaveLength(1);
  });
});

describe('the protocol', () => {
  test.each(['HEAD', 'PATCH', 'DELETE'])(
    '%s of another version of tus, or of none, is 412 and not processed',
    async (method) => {
      const { ask, url, send } = await uploadTo(storageWith());
      await send(0, film.slice(0, 7));
      for (const version of ['0.2.2', '']) {
        const answer = await ask(method, { 'Tus-Resumable': version, 'Upload-Offset': '7' });
        expect(answer.status).toBe(412);
        for (const name of ['tus-version', 'tus-resumable']) expect(answer.headers.get(name)).toBe('1.0.0');
      }
      expect((await storageWith().fetch(new Request(url, { method }))).status).toBe(412);
      expect((await ask('HEAD')).headers.get('upload-offset')).toBe('7');
    },
  );

  test('a PATCH that declares more bytes than are missing is 413 before a byte is taken', async () => {
    const { ask, send } = await uploadTo(storageWith());
    const answer = await send(0, film.slice(0, 7), 'PATCH', { 'Content-Length': String(film.length + 1) });
    expect([answer.status, (await ask('HEAD')).headers.get('upload-offset')]).toEqual([413, '0']);
  });

  test('bytes of another type are 415', async () => {
    const { ask, send } = await uploadTo(storageWith());
    for (const type of ['video/mp4', 'application/offset+octet-stream, x']) {
      expect((await send(0, film.slice(0, 7), 'PATCH', { 'Content-Type': type })).status).toBe(415);
    }
    expect((await ask('HEAD')).headers.get('upload-offset')).toBe('0');
  });

  test.each([
    ['Upload-Checksum', 'sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['Upload-Concat', 'partial'],
    ['Upload-Defer-Length', '1'],
    ['Upload-Length', '9'],
  ])('%s belongs to an extension that is not offered: 400, and nothing is taken', async (name, value) => {
    const { ask, send } = await uploadTo(storageWith());
    const answer = await send(0, film.slice(0, 7), 'PATCH', { [name]: value });
    expect([answer.status, await answer.text()]).toEqual([400, `${name} is not offered here.`]);
    expect((await ask('HEAD')).headers.get('upload-offset')).toBe('0');
  });

  test('headers that proxies and pages add to a request are ignored', async () => {
    const { ask, send, url } = await uploadTo(storageWith());
    const added = { 'X-Forwarded-Proto': 'https,http', 'Upload-Metadata': 'a b c', 'Tus-Version': '0.2.2' };
    expect((await send(0, film.slice(0, 7), 'PATCH', added)).status).toBe(204);
    const headers = {
      ...{ 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '7' },
    };
    const counted = new Request(`${url}&utm=100%`, { method: 'PATCH', headers, body: film.slice(7, 9) });
    expect((await storageWith().fetch(counted)).status).toBe(204);
    expect((await ask('HEAD')).headers.get('upload-offset')).toBe('9');
  });
});

describe('an upload that has become a video', () => {
  test('is complete by HEAD, and takes no bytes and no DELETE, whether its sent file is still there or not', async () => {
    const { ask, send, confirm, ticket } = await uploadTo(storageWith());
    const sent = sentFiles()[0] ?? '';
    await send(0, film);
    await confirm();
    const length = String(film.length);
    // A crash after the record was written leaves the sent file.
    await nodeFileFunctions.copyFile(
      join(folder, 'videos', ticket.videoId.slice(0, 32), 'source.mp4'),
      join(folder, 'uploads', sent),
    );
    expect(facts(await ask('DELETE'))).toMatchObject({ status: 409, version: '1.0.0' });
    expect(facts(await ask('HEAD'))).toMatchObject({ status: 200, offset: length, length });
    rmSync(join(folder, 'uploads', sent));
    for (const answer of [await ask('DELETE'), await send(0, film)]) {
      expect(facts(answer)).toMatchObject({ status: 409, version: '1.0.0' });
    }
    expect(facts(await ask('HEAD'))).toMatchObject({ status: 200, offset: length, length, expires: null });
  });

  test('is still recognised by its older secret after a newer one was added before it', async () => {
    const { send, confirm, url } = await uploadTo(storageWith());
    await send(0, film);
    await confirm();
    const rotated = storageWith({ referenceSecrets: ['a newer secret of at least 32 bytes, too', SECRET] });
    const head = (storage: LocalStorage) =>
      storage.fetch(new Request(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } }));
    expect((await head(rotated)).status).toBe(200);
    expect((await head(storageWith({ referenceSecrets: ['a newer secret of at least 32 bytes, too'] }))).status).toBe(
      403,
    );
  });

  test('is not confused with another user’s upload that has the same id', async () => {
    const storage = storageWith();
    const uploadId = 'd'.repeat(32);
    const [hers, his] = [await uploadTo(storage, { uploadId }), await uploadTo(storage, { uploadId, userId: 'ben' })];
    await hers.send(0, film);
    await hers.confirm();
    expect((await his.ask('DELETE')).status).toBe(204);
    expect((await his.ask('HEAD')).status).toBe(404);
    expect((await hers.ask('HEAD')).status).toBe(200);
  });
});

describe('a failure while bytes come in', () => {
  test('of the disk is logged, and answered without its text', async () => {
    const open: typeof nodeFileFunctions.open = async (path, flags, mode) => {
      const handle = await nodeFileFunctions.open(path, flags, mode);
      const write = async () => {
        throw Object.assign(new Error('ENOSPC at /secret/path'), { code: 'ENOSPC', syscall: 'write' });
      };
      return Object.assign(handle, { write });
    };
    const { send } = await uploadTo(storageWith({ fileFunctions: { open } }));
    const answer = await send(0, film);
    expect([answer.status, await answer.text()]).toEqual([507, 'Not received.\n']);
    expect(log.filter(({ event }) => event === 'upload.failed')).toMatchObject([{ code: 'BACKEND_FULL' }]);
  });

  test('that is the sender’s own fault is answered as such, and not logged', async () => {
    const { send } = await uploadTo(storageWith());
    const answer = await send(5, film.slice(5));
    expect([answer.status, await answer.text()]).toEqual([409, 'Upload-Offset conflict\n']);
    expect(log.filter(({ event }) => event === 'upload.failed')).toEqual([]);
  });

  test('of the host app, which has already read the body, is 500, and the log says how to fix it', async () => {
    const { ask, url } = await uploadTo(storageWith());
    const headers = {
      ...{ 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' },
    };
    const read = new Request(url, { method: 'PATCH', headers, body: film.slice(0, 7) });
    await read.body?.pipeTo(new WritableStream());
    expect((await storageWith().fetch(read)).status).toBe(500);
    expect(log.filter(({ event }) => event === 'upload.failed')).toMatchObject([
      { code: 'MISCONFIGURED', message: expect.stringContaining('mount the storage before body parsers') },
    ]);
    expect((await ask('HEAD')).headers.get('upload-offset')).toBe('0');
  });

  test('`bodyUsed` of a request of srvx is not read: the copy that it makes would lose bytes of a sender that disconnects', async () => {
    const { url } = await uploadTo(storageWith());
    const headers = {
      ...{ 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' },
    };
    const request = new Request(url, { method: 'PATCH', headers, body: film.slice(0, 7) });
    Object.defineProperties(request, { runtime: { value: {} }, bodyUsed: { get: () => expect.unreachable() } });
    expect((await storageWith().fetch(request)).status).toBe(204);
    // Node's own request tells whether the body was read.
    const runtime = { node: { req: { readableDidRead: true } } };
    const read = Object.defineProperty(new Request(url, { method: 'PATCH', headers }), 'runtime', { value: runtime });
    expect((await storageWith().fetch(read)).status).toBe(500);
    expect(log.at(-1)).toMatchObject({ event: 'upload.failed', code: 'MISCONFIGURED' });
  });

  test('a missing folder proves nothing about the upload: 503, not 404', async () => {
    const { ask, send } = await uploadTo(storageWith());
    renameSync(join(folder, 'uploads'), join(folder, 'elsewhere'));
    expect((await ask('HEAD')).status).toBe(503);
    expect((await send(0, film)).status).toBe(503);
    renameSync(join(folder, 'elsewhere'), join(folder, 'uploads'));
    expect((await ask('HEAD')).status).toBe(200);
  });
});
