import { compatibleMimeTypes } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../test-support/boxes.ts';
import { byteReader, sparseReader } from '../test-support/byte-reader.ts';
import { caseFile } from '../test-support/case-file.ts';
import type { ProbedVideo } from './probe-result.ts';
import { probeVideo } from './probe-video.ts';

async function probed(bytes: Uint8Array): Promise<ProbedVideo> {
  const result = await probeVideo(byteReader(bytes));
  if (result.outcome !== 'video') throw new Error(`Not a video: ${JSON.stringify(result)}`);
  return result;
}

const videos = Object.values(fixtures).filter((fixture) => fixture.isVideo);

describe('facts of real files', () => {
  test.each(videos)('$fileName: type, duration, frame size and codec', async (fixture) => {
    const found = await probed(await fixture.read());
    expect(found.mimeType).toBe(fixture.mimeType);
    expect(found.durationSeconds).toBeCloseTo(fixture.durationSeconds, 0);
    expect([found.widthPixels, found.heightPixels]).toEqual([fixture.widthPixels, fixture.heightPixels]);
    expect(found.videoCodec).toMatch(fixture.mimeType === 'video/webm' ? /^vp9$/ : /^avc1\.640015$/);
  });

  test('the rotation that a player applies, and the frame size after it', async () => {
    const found = await probed(await fixtures.rotated.read());
    expect(found).toMatchObject({ rotationDegrees: 270, widthPixels: 180, heightPixels: 320 });
    expect((await probed(await fixtures.moovFirst.read())).rotationDegrees).toBe(0);
  });

  test('the codec of the sound, and none for a silent film', async () => {
    expect((await probed(await fixtures.moovFirst.read())).audioCodec).toBe('mp4a.40.2');
    expect((await probed(await fixtures.webm.read())).audioCodec).toBe('opus');
    expect(await probed(await fixtures.rotated.read())).not.toHaveProperty('audioCodec');
  });

  test.each([
    ['hvc1.mp4', 'mp4', 'hvc1.1.6.L30.90'],
    ['hev1.mp4', 'mp4', 'hev1.1.6.L30.90'],
    ['hevc-10-bit.mp4', 'mp4', 'hvc1.2.4.L30.90'],
    ['hevc.mkv', 'matroska', 'hvc1.1.6.L30.90'],
    ['av1.mp4', 'mp4', 'av01.0.00M.08'],
    ['av1.webm', 'webm', 'av01.0.00M.08'],
    ['vp9.mp4', 'mp4', 'vp09.00.10.08'],
    ['vp8.webm', 'webm', 'vp8'],
    ['h264.mpegts', 'mpeg-ts', 'avc1.64000b'],
    ['theora.ogv', 'ogg', 'theora'],
  ])('%s: container %s, codec %s', async (name, container, videoCodec) => {
    expect(await probed(await caseFile(name))).toMatchObject({ container, videoCodec });
  });
});

describe('play time as a player shows it', () => {
  test.each([
    ['mpeg2.mpegts', 4],
    ['uuid-before-ftyp.mp4', 4],
    ['two-cuts-by-edit-list.mp4', 2],
    ['unknown-duration-in-mdhd.mp4', 4],
    ['live-starting-at-36000.webm', 4],
    ['samples-in-moov-and-fragments.mp4', 4],
    ['fragments-starting-at-36000.mp4', 4],
  ])('%s: %d s', async (name, seconds) => {
    const { durationSeconds = 0, widthPixels, heightPixels } = await probed(await caseFile(name));
    expect(Math.abs(durationSeconds - seconds)).toBeLessThan(0.05);
    expect([widthPixels, heightPixels]).toEqual([320, 180]);
  });
});

describe('every container is recognised', () => {
  test.each([
    ['small.avi', 'avi', 'video/x-msvideo', 1],
    ['small.wmv', 'asf', 'video/x-ms-wmv', 1],
    ['small.flv', 'flv', 'video/x-flv', 1],
    ['small.mpg', 'mpeg-ps', 'video/mpeg', 1],
    ['small.mxf', 'mxf', 'application/mxf', 1],
    ['theora.ogv', 'ogg', 'video/ogg', 1],
  ])('%s', async (name, container, declared, seconds) => {
    const found = await probed(await caseFile(name));
    expect(found.container).toBe(container);
    expect(compatibleMimeTypes(found.mimeType, declared)).toBe(true);
    expect(Math.abs((found.durationSeconds ?? 0) - seconds)).toBeLessThan(0.15);
  });
});

test.each([
  ...([
    'iso6',
    'iso9',
    'dash',
    'cmfc',
    'hlsf',
    'av01',
    'F4V ',
    '3g2b',
    'XAVC',
    'CAEP',
    'pana',
    'niko',
    'caqv',
    'abcd',
  ] as const),
])('an MP4 of the brand %s, which the parser treats as another format, is an MP4', async (brand) => {
  const bytes = await caseFile('hvc1.mp4');
  bytes.set(new TextEncoder().encode(brand), positionOf(bytes, 'ftyp') + 8);
  expect(await probed(bytes)).toMatchObject({ container: 'mp4', mimeType: 'video/mp4', durationSeconds: 1 });
});

test.each(['avis', 'crx ', 'heis', 'hevm', 'hevs', 'avcs', 'jpgs', 'vvis'])(
  'pictures of the brand %s are not an MP4, although they have a track',
  async (brand) => {
    const bytes = await caseFile('hvc1.mp4');
    bytes.set(new TextEncoder().encode(brand), positionOf(bytes, 'ftyp') + 8);
    expect(await probed(bytes)).not.toMatchObject({ mimeType: 'video/mp4' });
  },
);

describe('boxes or bytes before the index do no harm', () => {
  const fragmented = () => fixtures.fragmented.read();

  test.each(['free', 'skip', 'uuid', 'pdin'])('%s before ftyp', async (type) => {
    const found = await probed(concat(box(type, new Uint8Array(64)), await fragmented()));
    expect(found).toMatchObject({ container: 'mp4', widthPixels: 320 });
    expect(found.durationSeconds).toBeCloseTo(3, 0);
  });

  test.each(['udta', 'junk', 'abcd'])(
    '%s before ftyp: measured by its samples, not by what its headers state',
    async (type) => {
      const bytes = await caseFile('hvc1.mp4');
      const view = new DataView(bytes.buffer);
      for (const name of ['mvhd', 'mdhd']) view.setUint32(positionOf(bytes, name) + 24, 1);
      view.setUint32(positionOf(bytes, 'tkhd') + 28, 1);
      bytes.set(new TextEncoder().encode('free'), positionOf(bytes, 'edts') + 4);
      const found = await probed(concat(box(type, new Uint8Array(24)), bytes));
      expect(found).toMatchObject({ container: 'mp4', durationSeconds: 1 });
    },
  );

  test('QuickTime that begins with free or wide and has no ftyp', async () => {
    const bytes = await fixtures.quicktime.read();
    for (const type of ['free', 'wide']) {
      bytes.set(new TextEncoder().encode(type), 4);
      expect(await probed(bytes)).toMatchObject({ container: 'quicktime', mimeType: 'video/quicktime' });
    }
  });

  test('moov whose size is 0: up to the end of the file', async () => {
    const bytes = await fixtures.moovLast.read();
    bytes.set([0, 0, 0, 0], positionOf(bytes, 'moov'));
    expect((await probed(bytes)).durationSeconds).toBeCloseTo(3, 0);
  });

  test('a transport stream after other bytes', async () => {
    const bytes = concat(new TextEncoder().encode('junk'.repeat(23)), await caseFile('mpeg2.mpegts'));
    expect(await probed(bytes)).toMatchObject({ container: 'mpeg-ts' });
  });
});

test.each([
  ['a time code before', 4, 0],
  ['error correction after', 0, 16],
])('a transport stream with %s each packet is recognised', async (_, before, behind) => {
  const bytes = await caseFile('h264.mpegts');
  const packets = Array.from({ length: bytes.length / 188 }, (_packet, index) =>
    concat(new Uint8Array(before), bytes.subarray(index * 188, (index + 1) * 188), new Uint8Array(behind)),
  );
  expect(await probed(concat(...packets))).toMatchObject({ container: 'mpeg-ts', mimeType: 'video/mp2t' });
});

describe('few reads at any size', () => {
  test.each(['moovFirst', 'moovLast'] as const)('an MP4 of 5 GB, %s: at most 2 MiB and 8 reads', async (name) => {
    const bytes = await fixtures[name].read();
    const at = positionOf(bytes, 'mdat');
    // A media box with a 64-bit size: real bytes, then gigabytes of zeros.
    const zeroBytes = 5_000_000_000;
    const mediaBytes = new DataView(bytes.buffer).getUint32(at);
    const size = BigInt(mediaBytes + 8 + zeroBytes);
    const header = concat(
      words(1),
      new TextEncoder().encode('mdat'),
      words(Number(size >> 32n), Number(size & 0xffffffffn)),
    );
    const head = concat(bytes.subarray(0, at), header, bytes.subarray(at + 8, at + mediaBytes));
    const result = await probeVideo(sparseReader(head, zeroBytes, bytes.subarray(at + mediaBytes)));
    expect(result).toMatchObject({ outcome: 'video', widthPixels: 320 });
    expect(result.outcome === 'video' && result.durationSeconds).toBeCloseTo(3, 0);
    expect(result.bytesRead).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(result.reads).toBeLessThanOrEqual(8);
  });
});
