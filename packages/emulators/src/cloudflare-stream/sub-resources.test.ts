import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

test('captions: one for each language, WebVTT only', async () => {
  const { uid } = await client.createUpload();
  const form = (text: string) => {
    const data = new FormData();
    data.set('file', new Blob([text]), 'x.vtt');
    return data;
  };
  const put = await client.api('PUT', `/${uid}/captions/pt-BR`, form('WEBVTT\n\n'));
  expect(put.body.result).toMatchObject({
    language: 'pt-BR',
    label: 'Brazilian Portuguese',
    generated: false,
    status: 'ready',
  });
  await client.api('PUT', `/${uid}/captions/pt-BR`, form('WEBVTT\n\nagain'));
  expect((await client.api('GET', `/${uid}/captions`)).body.result).toHaveLength(1);
  const file = await fetch(client.url(`/${uid}/captions/pt-BR/vtt`), { headers: client.authorization });
  expect(await file.text()).toBe('WEBVTT\n\nagain');
  expect((await client.api('PUT', `/${uid}/captions/en`, form('1\n00:00'))).status).toBe(400);
  expect((await client.api('PUT', `/${uid}/captions/a_b`, form('WEBVTT'))).status).toBe(400);
  expect((await client.api('POST', `/${uid}/captions/en/generate`)).status).toBe(400);
  expect((await client.api('DELETE', `/${uid}/captions/pt-BR`)).status).toBe(200);
  expect((await client.api('DELETE', `/${uid}/captions/pt-BR`)).status).toBe(404);
});

test('captions are at most 10 MB', async () => {
  const { uid } = await client.createUpload();
  const put = (sizeBytes: number) => {
    const data = new FormData();
    data.set('file', new Blob(['WEBVTT\n\n'.padEnd(sizeBytes)]), 'x.vtt');
    return client.api('PUT', `/${uid}/captions/en`, data);
  };
  expect((await put(10_000_001)).status).toBe(413);
  expect((await put(10_000_000)).status).toBe(200);
});

test('captions are generated for ready videos, in languages that the service supports', async () => {
  const uid = await emulator.addVideo(await fixtures.moovFirst.read());
  const made = await client.api('POST', `/${uid}/captions/en/generate`);
  expect(made.body.result).toMatchObject({ generated: true, status: 'inprogress' });
  expect(made.body.result['label']).toContain('(auto-generated)');
  expect((await client.api('GET', `/${uid}/captions/en/vtt`)).status).toBe(404);
  clock.advance(2000);
  expect((await client.api('GET', `/${uid}/captions/en`)).body.result).toMatchObject({ status: 'ready' });
  expect((await client.api('POST', `/${uid}/captions/en/generate`)).status).toBe(400);
  expect((await client.api('POST', `/${uid}/captions/sv/generate`)).status).toBe(400);
});

test('downloads are created only from ready videos, one of each kind', async () => {
  const uid = await client.upload(new Blob([await fixtures.moovFirst.read()]));
  expect((await client.api('POST', `/${uid}/downloads`)).status).toBe(400);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${uid}/downloads`)).body.result).toEqual({});
  await client.api('POST', `/${uid}/downloads`);
  clock.advance(1000);
  const { result } = (await client.api('POST', `/${uid}/downloads/audio`)).body;
  expect(result).toMatchObject({
    default: {
      status: 'inprogress',
      percentComplete: 50,
      url: `${emulator.playbackOrigin}/${uid}/downloads/default.mp4`,
    },
    audio: { status: 'inprogress', percentComplete: 0, url: `${emulator.playbackOrigin}/${uid}/downloads/audio.m4a` },
  });
  expect((await client.api('POST', `/${uid}/downloads/subtitles`)).status).toBe(404);
  expect((await client.api('DELETE', `/${uid}/downloads`)).status).toBe(200);
  expect(Object.keys((await client.api('GET', `/${uid}/downloads`)).body.result)).toEqual(['audio']);
});

test.each([
  ['GET', '/live_inputs'],
  ['PUT', '/live_inputs/a'],
  ['POST', '/clip'],
  ['GET', '/a/audio'],
  ['POST', '/a/audio/copy'],
  ['GET', '/a/embed'],
])('%s %s is not emulated, and is not confused with a video', async (method, path) => {
  const { status, body } = await client.api(method, path);
  expect([status, body.success]).toEqual([501, false]);
});

test('watermarks are profiles that uploads name', async () => {
  const form = new FormData();
  form.set('file', new Blob([PNG]), 'logo.png');
  form.set('name', 'Logo');
  const { result } = (await client.api('POST', '/watermarks', form)).body;
  expect(result).toMatchObject({
    name: 'Logo',
    width: 1,
    height: 1,
    opacity: 1,
    padding: 0.05,
    scale: 0.15,
    position: 'upperRight',
  });
  const { uid } = await client.createUpload({ watermark: { uid: result['uid'] } });
  expect((await client.api('GET', `/${uid}`)).body.result['watermark']).toMatchObject({ uid: result['uid'] });
  expect(
    (await client.api('POST', '/direct_upload', { maxDurationSeconds: 1, watermark: { uid: 'none' } })).status,
  ).toBe(404);
});
