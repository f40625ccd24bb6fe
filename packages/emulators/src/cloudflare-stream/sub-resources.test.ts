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
  const { uid } = await client.mint();
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
  const { uid } = await client.mint();
  const put = (sizeBytes: number) => {
    const data = new FormData();
    data.set('file', new Blob(['WEBVTT\n\n'.padEnd(sizeBytes)]), 'x.vtt');
    return client.api('PUT', `/${uid}/captions/en`, data);
  };
  expect((await put(10_000_001)).status).toBe(413);
  expect((await put(10_000_000)).status).toBe(200);
});

test('captions are generated for ready videos, in languages that the service knows', async () => {
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

test('downloads are made of ready videos only, one of each kind', async () => {
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

test('audio tracks: labels differ, one is the default, and that one stays', async () => {
  const { uid } = await client.mint();
  const copy = await client.api('POST', `/${uid}/audio/copy`, { url: 'https://a.example/fr.mp3', label: 'French' });
  expect(copy.body.result).toMatchObject({ label: 'French', default: false, status: 'queued' });
  const form = new FormData();
  form.set('file', new Blob(['x']), 'de.mp3');
  form.set('label', 'German');
  const german = (await client.api('POST', `/${uid}/audio`, form)).body.result['uid'];
  const french = copy.body.result['uid'];
  expect((await client.api('POST', `/${uid}/audio/copy`, { url: 'https://a.example/', label: 'German' })).status).toBe(
    400,
  );
  expect((await client.api('POST', `/${uid}/audio/copy`, { url: 'x', label: 'Dutch' })).body.errors[0]?.code).toBe(
    10010,
  );
  await client.api('PATCH', `/${uid}/audio/${french}`, { default: true });
  expect((await client.api('DELETE', `/${uid}/audio/${french}`)).status).toBe(400);
  await client.api('PATCH', `/${uid}/audio/${german}`, { default: true, label: 'Deutsch' });
  clock.advance(2000);
  expect((await client.api('GET', `/${uid}/audio`)).body.result).toEqual({
    audio: [
      { uid: french, label: 'French', default: false, status: 'ready' },
      { uid: german, label: 'Deutsch', default: true, status: 'ready' },
    ],
  });
  expect((await client.api('DELETE', `/${uid}/audio/${french}`)).status).toBe(200);
  expect((await client.api('PATCH', `/${uid}/audio/${french}`, { default: true })).status).toBe(404);
});

test('live inputs: days of recordings count at the top only, from 30 to 1 096', async () => {
  const create = (body: object) => client.api('POST', '/live_inputs', body);
  for (const days of [29, 1097, 30.5, '30']) {
    const refused = await create({ deleteRecordingAfterDays: days });
    expect([days, refused.status, refused.body.errors[0]?.code]).toEqual([days, 400, 10060]);
  }
  const nested = await create({ recording: { mode: 'automatic', deleteRecordingAfterDays: 5, timeoutSeconds: 0 } });
  expect(nested.body.result).toMatchObject({
    ...{ deleteRecordingAfterDays: null, status: null, rtmps: { streamKey: expect.any(String) } },
    recording: { mode: 'automatic', timeoutSeconds: null },
  });
  const { uid } = (await create({ deleteRecordingAfterDays: 30, meta: { name: 'Hall' } })).body.result;
  expect((await client.api('GET', '/live_inputs')).body.result).toMatchObject({ total: 2, liveInputs: [{ uid }, {}] });
  const replaced = await client.api('PUT', `/live_inputs/${uid}`, { deleteRecordingAfterDays: 1096 });
  expect(replaced.body.result).toMatchObject({ uid, deleteRecordingAfterDays: 1096, meta: {} });
  expect((await client.api('GET', `/live_inputs/${uid}/videos`)).body.result).toEqual([]);
  expect((await client.api('DELETE', `/live_inputs/${uid}`)).status).toBe(200);
  const gone = await client.api('GET', `/live_inputs/${uid}`);
  expect([gone.status, gone.body.errors[0]?.code]).toEqual([404, 10003]);
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
  const { uid } = await client.mint({ watermark: { uid: result['uid'] } });
  expect((await client.api('GET', `/${uid}`)).body.result['watermark']).toMatchObject({ uid: result['uid'] });
  expect(
    (await client.api('POST', '/direct_upload', { maxDurationSeconds: 1, watermark: { uid: 'none' } })).status,
  ).toBe(404);
  await client.api('DELETE', `/watermarks/${result['uid']}`);
  expect((await client.api('GET', `/watermarks/${result['uid']}`)).status).toBe(404);
});
