import { createConnection } from 'node:net';
import { toTimestamp } from '@videostorage/core';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
const size = bytes.length;
const clock = new ManualClock({ nowMs: Date.parse('2026-11-23T10:00:00.500Z') });
let running: RunningStorage;
let videoId: string;
let url: string;

async function addVideo(fileName = 'Größe "1".mp4'): Promise<string> {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes, { fileName }));
  await sendByTus(tusUrl(ticket), bytes);
  return (await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' })).videoId;
}

beforeAll(async () => {
  running = await startStorage({ clock });
  videoId = await addVideo();
  ({ url } = await running.storage.getPlaybackUrl(videoId));
});
afterAll(() => running.stop());

const get = (headers: Readonly<Record<string, string>> = {}, method = 'GET') => fetch(url, { method, headers });

describe('ranges (RFC 9110, section 14)', () => {
  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=0-499', 0, 500],
    ['bytes=500-', 500, size],
    ['bytes=-500', size - 500, size],
    [`bytes=${size - 1}-`, size - 1, size],
    [`bytes=100-${size + 1000}`, 100, size],
    [`bytes=-${size + 1000}`, 0, size],
    [`bytes=100-${'9'.repeat(30)}`, 100, size],
    [`bytes=-${'9'.repeat(40)}`, 0, size],
    ['BYTES=1-2', 1, 3],
  ])('%s is a part', async (range, start, end) => {
    const response = await get({ Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${size}`);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(Buffer.compare(new Uint8Array(await response.arrayBuffer()), bytes.subarray(start, end))).toBe(0);
  });

  test.each([
    `bytes=${size}-`,
    `bytes=${size + 5}-${size + 9}`,
    'bytes=-0',
    `bytes=${'9'.repeat(17)}-`,
    `bytes=${'9'.repeat(40)}-${'9'.repeat(41)}`,
  ])('%s is 416', async (range) => {
    const response = await get({ Range: range });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${size}`);
  });

  test.each(['bytes=5-2', 'bytes=a-b', 'bytes=-', 'bytes=', 'items=0-5', 'bytes=0-5,10-15'])(
    '%s is answered as a whole',
    async (range) => {
      const response = await get({ Range: range });
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(size);
    },
  );

  test('HEAD has the headers of GET and no body, and ignores ranges', async () => {
    const head = await get({ Range: 'bytes=0-5' }, 'HEAD');
    const whole = await get();
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
    for (const name of ['content-type', 'etag', 'last-modified', 'accept-ranges', 'cache-control']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
    expect(await head.text()).toBe('');
    await whole.arrayBuffer();
  });
});

describe('headers', () => {
  test('name the type, and forbid a browser to guess another one', async () => {
    const { headers } = await get({}, 'HEAD');
    expect(headers.get('content-type')).toBe('video/mp4');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('accept-ranges')).toBe('bytes');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
    expect(headers.get('last-modified')).toBe('Mon, 23 Nov 2026 10:00:00 GMT');
    // No name unless the host app passed one.
    expect(headers.get('content-disposition')).toBe('inline');
  });

  test('the revision is the ETag', async () => {
    const { revision } = await running.storage.getVideoMetadata(videoId);
    expect((await get({}, 'HEAD')).headers.get('etag')).toBe(`"${revision}"`);
  });

  test('`downloadName` is the name to save under, and cannot be changed', async () => {
    const options = { downloadable: true, downloadName: 'Größe & "Co".mp4' };
    const { downloadUrl = '', url: shown } = await running.storage.getPlaybackUrl(videoId, options);
    const { headers } = await fetch(downloadUrl, { method: 'HEAD' });
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="[ -~]+"; filename\*=UTF-8''Gr%C3%B6%C3%9Fe/,
    );
    expect((await fetch(shown, { method: 'HEAD' })).headers.get('content-disposition')).toBe('inline');
    const other = new URL(downloadUrl);
    other.searchParams.set('name', 'x.exe');
    expect((await fetch(other, { method: 'HEAD' })).status).toBe(403);
    other.searchParams.delete('name');
    expect((await fetch(other, { method: 'HEAD' })).status).toBe(403);
  });

  test('downloadable: a second URL, to be saved', async () => {
    const { downloadUrl = '' } = await running.storage.getPlaybackUrl(videoId, { downloadable: true });
    const response = await fetch(downloadUrl);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="video.mp4"');
    expect((await response.arrayBuffer()).byteLength).toBe(size);
    // Neither URL can be derived from the other.
    expect((await fetch(downloadUrl.replace('download=1&', ''))).status).toBe(403);
    expect((await fetch(`${url}&download=1`)).status).toBe(403);
    expect(await running.storage.getPlaybackUrl(videoId)).not.toHaveProperty('downloadUrl');
  });

  test.each([
    ['If-None-Match', () => '*', 304],
    ['If-None-Match', (etag: string) => `"x", W/${etag}`, 304],
    ['If-None-Match', () => '"x"', 200],
    ['If-Match', (etag: string) => etag, 200],
    ['If-Match', (etag: string) => `W/${etag}`, 412],
    ['If-Match', () => '"x"', 412],
    ['If-Modified-Since', () => 'Mon, 23 Nov 2026 10:00:00 GMT', 304],
    ['If-Modified-Since', () => 'Mon, 23 Nov 2026 09:59:59 GMT', 200],
    ['If-Modified-Since', () => 'yesterday', 200],
    ['If-Unmodified-Since', () => 'Mon, 23 Nov 2026 09:59:59 GMT', 412],
    ['If-Unmodified-Since', () => 'Mon, 23 Nov 2026 10:00:00 GMT', 200],
  ] as const)('%s %s', async (name, value, status) => {
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? '';
    const response = await get({ [name]: value(etag) });
    expect(response.status).toBe(status);
    if (status === 304) expect([response.headers.get('etag'), await response.text()]).toEqual([etag, '']);
    else await response.arrayBuffer();
  });

  test.each([
    ['its ETag', (etag: string) => etag, 206],
    ['its date', () => 'Mon, 23 Nov 2026 10:00:00 GMT', 206],
    ['another ETag', () => '"x"', 200],
    ['its ETag as a weak one', (etag: string) => `W/${etag}`, 200],
    ['an older date', () => 'Mon, 23 Nov 2026 09:00:00 GMT', 200],
  ] as const)('If-Range with %s', async (_, value, status) => {
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? '';
    const response = await get({ Range: 'bytes=0-9', 'If-Range': value(etag) });
    expect(response.status).toBe(status);
    expect((await response.arrayBuffer()).byteLength).toBe(status === 206 ? 10 : size);
  });
});

describe('grant', () => {
  const change = (name: string, value: string) => {
    const changed = new URL(url);
    changed.searchParams.set(name, value);
    return changed.href;
  };

  test('every changed character of the query is 403', async () => {
    const [path = '', query = ''] = url.split('?');
    for (let at = 0; at < query.length; at += 1) {
      const changed = `${query.slice(0, at)}${query[at] === 'x' ? 'y' : 'x'}${query.slice(at + 1)}`;
      const response = await fetch(`${path}?${changed}`);
      expect([changed, response.status]).toEqual([changed, 403]);
    }
  });

  test('another video’s signature, an upload’s signature, none, and two at once are 403', async () => {
    const other = await addVideo();
    const forged = url.replace(videoId, other);
    expect((await fetch(forged)).status).toBe(403);
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const uploadQuery = new URL(tusUrl(ticket)).search;
    expect((await fetch(`${running.baseUrl}/videos/${ticket.videoId}${uploadQuery}`)).status).toBe(403);
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
    expect((await fetch(`${url}&signature=x`)).status).toBe(403);
    expect((await fetch(`${url}&expires=9999999999999`)).status).toBe(403);
    const body = await (await fetch(forged)).text();
    expect(body).not.toMatch(/secret|signature|Error/);
  });

  test('a playback grant sends nothing', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const query = new URL((await running.storage.getPlaybackUrl(ticket.videoId)).url).search;
    const target = `${tusUrl(ticket).split('?')[0]}${query}`;
    expect((await fetch(target, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })).status).toBe(403);
  });

  test('writing a later expiry into the URL does not extend it', async () => {
    expect((await fetch(change('expires', '9999999999999'))).status).toBe(403);
    expect((await fetch(change('expires', 'Infinity'))).status).toBe(403);
    expect((await fetch(change('notBefore', '0'))).status).toBe(403);
  });

  test('its numbers are whole numbers in digits: another spelling of the same number is 403', async () => {
    const expires = new URL(url).searchParams.get('expires') ?? '';
    expect((await fetch(change('expires', expires))).status).toBe(200);
    for (const spelling of [
      `${expires}e0`,
      `${expires}.0`,
      ` ${expires}`,
      `+${expires}`,
      `0x${Number(expires).toString(16)}`,
    ]) {
      expect([spelling, (await fetch(change('expires', spelling))).status]).toEqual([spelling, 403]);
    }
  });

  test('ends on the second that it says', async () => {
    clock.advance(500);
    const playback = await running.storage.getPlaybackUrl(videoId, { expiresInSeconds: 60 });
    expect(playback.expiresAt).toBe(toTimestamp(clock.now() - (clock.now() % 1000) + 60_000));
    const lifetimeMs = Date.parse(playback.expiresAt) - clock.now();
    expect(Date.parse(playback.renewAfter)).toBeLessThan(Date.parse(playback.expiresAt));
    clock.advance(lifetimeMs - 1);
    expect((await fetch(playback.url, { method: 'HEAD' })).status).toBe(200);
    clock.advance(1);
    expect((await fetch(playback.url, { method: 'HEAD' })).status).toBe(403);
  });

  test('is refused before `notBefore`', async () => {
    const notBefore = toTimestamp(clock.now() + 10_000);
    const playback = await running.storage.getPlaybackUrl(videoId, { notBefore, downloadable: true });
    for (const status of [403, 200]) {
      for (const link of [playback.url, playback.downloadUrl ?? ''])
        expect((await fetch(link, { method: 'HEAD' })).status).toBe(status);
      clock.advance(10_000);
    }
    const tooLate = { notBefore: toTimestamp(clock.now() + 60_000), expiresInSeconds: 60 };
    await expect(running.storage.getPlaybackUrl(videoId, tooLate)).rejects.toMatchObject({
      problems: [{ path: 'notBefore' }],
    });
  });

  test.each([
    [{ ipRange: '192.0.2.0/24' }, 'ipRange'],
    [{ kind: 'hls' }, 'kind'],
  ] as const)('options that this backend cannot enforce are refused: %j', async (options, path) => {
    await expect(running.storage.getPlaybackUrl(videoId, options)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [{ path, code: 'OPTION_INVALID' }],
    });
  });

  test('reads no disk: a grant for a video that does not exist is issued, and answers 404', async () => {
    const playback = await running.storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`);
    expect(playback).toMatchObject({ kind: 'file', access: 'url', sources: [{ kind: 'file', mimeType: 'video/mp4' }] });
    expect((await fetch(playback.url)).status).toBe(404);
    await expect(running.storage.getPlaybackUrl('no-video')).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('survives a restart with a new secret in front', async () => {
    const playback = await running.storage.getPlaybackUrl(videoId);
    const rotated = ['another secret of at least 32 bytes …', 'a secret of at least 32 bytes, for tests'];
    running = await running.restart({ referenceSecrets: rotated });
    expect((await fetch(playback.url, { method: 'HEAD' })).status).toBe(200);
    const fresh = await running.storage.getPlaybackUrl(videoId);
    running = await running.restart({ referenceSecrets: rotated.slice(0, 1) });
    expect((await fetch(playback.url, { method: 'HEAD' })).status).toBe(403);
    expect((await fetch(fresh.url, { method: 'HEAD' })).status).toBe(200);
    running = await running.restart({ referenceSecrets: rotated.slice(1) });
  });
});

describe('T-F2: ids never become paths', () => {
  const segments = [
    ...[
      '..',
      '.',
      '%2e%2e',
      '%252e%252e',
      '..%2f',
      '%2e%2e%2f',
      '%252e%252e%252f',
      '..%5c',
      '..%255c',
      '%',
      '%0',
      '%00',
    ],
    ...['%zz', '%c0%ae%c0%ae', '%ff', 'a%00b', '~', 'con', '-', 'x'.repeat(300), `${'a'.repeat(32)}%00-mp4`],
    ...[`${'a'.repeat(32)}-mp4%2f..%2f..`, `${'A'.repeat(32)}-mp4`, `${'a'.repeat(32)}-exe`, `${'a'.repeat(32)}.json`],
    ...['__proto__', 'constructor', `${'a'.repeat(32)}-__proto__`, encodeURIComponent('ａ'.repeat(32))],
    ...['....%2f%2f', '%2fetc%2fpasswd', '..%c0%af', '\u202e'],
  ];

  /** Sent as raw bytes, since `fetch` would rewrite the path to its canonical form. */
  const raw = (path: string, method: string) =>
    new Promise<number>((resolve, reject) => {
      const socket = createConnection(running.port, '127.0.0.1', () => {
        const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n`;
        socket.end(
          `${head}Content-Type: application/offset+octet-stream\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        );
      });
      let answer = '';
      socket.setEncoding('latin1');
      socket.on('data', (text) => {
        answer += text;
      });
      socket.on('error', reject);
      socket.on('end', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])));
    });

  test.each(segments)('%j is 404, never 500', async (segment) => {
    const query = new URL(url).search;
    const path = encodeURI(segment).replaceAll('%25', '%');
    for (const folder of ['videos', 'uploads']) {
      for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS']) {
        for (const target of [`/media/${folder}/${path}${query}`, `/media/${folder}/${path}/${path}${query}`]) {
          expect([method, target, await raw(target, method)]).toEqual([method, target, 404]);
        }
      }
    }
  });

  test('a percent sign is decoded once: another spelling of the same id is the same id', async () => {
    const spelt = videoId.replace(/^./, (character) => `%${character.charCodeAt(0).toString(16)}`);
    expect((await fetch(url.replace(videoId, spelt), { method: 'HEAD' })).status).toBe(200);
  });

  test.each(['http://[', '', '*', '//', 'http:', '/media/videos/\u0000'])(
    'the target %j does no harm',
    async (target) => {
      expect(await raw(target === '' ? '/' : target, 'GET')).toBeGreaterThanOrEqual(400);
      expect(await raw(target === '' ? '/' : target, 'GET')).toBeLessThan(500);
    },
  );
});

describe('T-L4: pages of other origins', () => {
  test('may play from any page when `allowedOrigins` is not set', async () => {
    const response = await get({ Origin: 'https://school.example' }, 'HEAD');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('Content-Range');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('only from those that are named, when some are', async () => {
    running = await running.restart({ allowedOrigins: ['https://school.example'] });
    const asked = async (origin: string) => {
      const response = await get({ Origin: origin }, 'HEAD');
      expect(response.headers.get('vary')).toContain('Origin');
      return response.headers.get('access-control-allow-origin');
    };
    expect(await asked('https://school.example')).toBe('https://school.example');
    const foreign = ['null', 'https://school.example.evil.com', 'http://school.example', 'https://SCHOOL.example'];
    for (const origin of [...foreign, 'https://school.example:8443', 'https://school.example.']) {
      expect([origin, await asked(origin)]).toEqual([origin, null]);
    }
    running = await running.restart({ allowedOrigins: undefined });
  });

  test('a preflight for playing and one for sending', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    for (const [target, method, header] of [
      [url, 'GET', 'range'],
      [tusUrl(ticket), 'PATCH', 'tus-resumable'],
    ] as const) {
      const headers = { Origin: 'https://a.example', 'Access-Control-Request-Method': method };
      const response = await fetch(target, { method: 'OPTIONS', headers });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toContain(method);
      expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(header);
    }
  });

  test('methods that change something are not for videos', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await get({}, method);
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, OPTIONS']);
    }
  });
});
