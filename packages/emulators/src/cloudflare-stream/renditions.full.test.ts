import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followHls, videoFactsOf } from '../../test-support/followed-stream.ts';
import { loopedVideo } from '../../test-support/looped-video.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';
import { Renditions } from './renditions.ts';

const ffmpeg = process.env['VIDEOSTORAGE_FFMPEG'] ?? '';
const run = promisify(execFile);

/** Seconds of picture that ffmpeg, an independent player, decodes from an address. */
async function playedSeconds(url: string): Promise<number> {
  const { stdout } = await run(ffmpeg, [
    '-v',
    'error',
    '-i',
    url,
    '-map',
    '0:v:0',
    '-f',
    'null',
    '-progress',
    '-',
    '-',
  ]);
  const [, microseconds] = /.*out_time_us=(\d+)/s.exec(stdout) ?? [];
  return Number(microseconds) / 1_000_000;
}

describe.skipIf(ffmpeg === '').each([
  ['with ffmpeg', true, [200, 200, 200, 200]],
  ['without ffmpeg', false, [206, 206, 206, 206, 206]],
])('streams made %s', (_name, useFfmpeg, segmentStatuses) => {
  let emulator: CloudflareStreamEmulator;
  let uid: string;

  beforeEach(async () => {
    emulator = await CloudflareStreamEmulator.start({ useFfmpeg });
    uid = await emulator.addVideo(await loopedVideo(await fixtures.moovFirst.read(), 4));
  });
  afterEach(() => emulator.stop());

  test('are HLS that an independent player plays to the end', async () => {
    const manifestUrl = `${emulator.playbackOrigin}/${uid}/manifest/video.m3u8`;
    const stream = await followHls(manifestUrl);
    expect(stream.segmentStatuses).toEqual(segmentStatuses);
    expect((await videoFactsOf(stream.bytes)).seconds).toBeCloseTo(12, 0);
    expect(await playedSeconds(manifestUrl)).toBeCloseTo(12, 0);
  });

  test('are DASH that an independent player plays to the end', async () => {
    expect(await playedSeconds(`${emulator.playbackOrigin}/${uid}/manifest/video.mpd`)).toBeCloseTo(12, 0);
  });
});

describe.skipIf(ffmpeg === '')('pictures made with ffmpeg', () => {
  let emulator: CloudflareStreamEmulator;
  let uid: string;

  beforeEach(async () => {
    emulator = await CloudflareStreamEmulator.start();
    uid = await emulator.addVideo(await fixtures.moovFirst.read());
  });
  afterEach(() => emulator.stop());

  test.each([
    ['crop', '100,100'],
    ['clip', '100,56'],
    ['scale', '100,56'],
    ['fill', '100,100'],
  ])('fit=%s has the requested size', async (fit, expected) => {
    const url = `${emulator.playbackOrigin}/${uid}/thumbnails/thumbnail.jpg?time=1s&width=100&height=100&fit=${fit}`;
    const { stderr } = await run(ffmpeg, ['-hide_banner', '-i', url, '-f', 'null', '-']);
    const [, width, height] = /Video: mjpeg.*? (\d+)x(\d+)/.exec(stderr) ?? [];
    expect(`${width},${height}`).toBe(expected);
  });

  test('other times give other pictures, and invalid values are refused', async () => {
    const get = async (query: string) => {
      const response = await fetch(`${emulator.playbackOrigin}/${uid}/thumbnails/thumbnail.jpg?${query}`);
      return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    };
    const [start, later, behind] = [await get('time=0s'), await get('time=2s'), await get('time=1h')];
    expect(start.bytes.equals(later.bytes)).toBe(false);
    expect([start.status, behind.status]).toEqual([200, 200]);
    for (const query of ['time=x', 'time=', 'width=0', 'width=1e9', 'height=-1', 'fit=stretch'])
      expect([query, (await get(query)).status]).toEqual([query, 400]);
  });
});

describe.skipIf(ffmpeg === '')('renditions', () => {
  let folder: string;
  let renditions: Renditions;
  const video = async () => {
    const path = join(folder, 'source');
    await writeFile(path, await fixtures.moovFirst.read());
    return { uid: 'a', arrived: { path } } as Parameters<Renditions['picture']>[0];
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'videostorage-renditions-'));
    renditions = new Renditions(folder, { useFfmpeg: true, maxPictures: 3 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('stopping ends ffmpeg while it works', async () => {
    const endless = ['0', '-vf', 'loop=-1:size=1:start=0', '-t', '36000'];
    const picture = renditions.picture(await video(), 'picture.gif', endless);
    const refused = expect(picture).rejects.toThrow();
    await expect.poll(async () => (await readdir(folder, { recursive: true })).join()).toContain('/picture.gif');
    await renditions.stop();
    await refused;
  });

  test('a failure is not cached', async () => {
    const source = await video();
    await expect(renditions.picture(source, 'picture.jpg', ['0', '-vf', 'nonsense'])).rejects.toThrow('ffmpeg ended');
    await expect(renditions.picture(source, 'picture.jpg', ['0', '-vf', 'nonsense'])).rejects.toThrow('ffmpeg ended');
    expect(await renditions.picture(source, 'picture.jpg', ['0', '-frames:v', '1'])).toContain('picture.jpg');
  });

  test('renditions of a deleted video are removed, and so are the oldest of many pictures', async () => {
    const source = await video();
    for (let each = 0; each < 4; each += 1)
      await renditions.picture(source, 'picture.jpg', ['0', '-frames:v', '1', '-vf', `scale=16:${2 * (each + 1)}`]);
    expect((await readdir(folder)).filter((name) => name.startsWith('a-'))).toHaveLength(3);
    await renditions.remove('a');
    expect(await readdir(folder)).toEqual(['source']);
  });
});
