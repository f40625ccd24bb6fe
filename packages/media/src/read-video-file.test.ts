import { readFile } from 'node:fs/promises';
import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../test-support/boxes.ts';
import { byteReader, repeatingReader, sparseReader } from '../test-support/byte-reader.ts';
import { containerOfType } from './container.ts';
import { readVideoFile } from './read-video-file.ts';
import type { VideoFileFacts } from './video-file-facts.ts';

const videos = Object.values(fixtures).filter((fixture) => fixture.isVideo);

function facts(result: VideoFileFacts) {
  if (!result.isVideo) throw new Error(`Not a video: ${result.reason}`);
  return result;
}

describe('readVideoFile on real files', () => {
  test.each(videos)('$fileName: container, duration, size and codecs', async (fixture) => {
    const found = facts(await readVideoFile(byteReader(await fixture.read())));
    expect(found.container).toBe(containerOfType(fixture.mimeType));
    expect(found.mimeType).toBe(fixture.mimeType);
    expect(found.durationSeconds).toBeCloseTo(fixture.durationSeconds, 0);
    expect([found.widthPixels, found.heightPixels]).toEqual([fixture.widthPixels, fixture.heightPixels]);
    expect(found.videoCodec).toMatch(fixture.mimeType === 'video/webm' ? /^vp09\.00\./ : /^avc1\.64[0-9a-f]{4}$/);
  });

  test('tells the turn that a player must apply, and the size after it', async () => {
    const found = facts(await readVideoFile(byteReader(await fixtures.rotated.read())));
    expect(found).toMatchObject({ rotationDegrees: 270, widthPixels: 180, heightPixels: 320 });
    expect(facts(await readVideoFile(byteReader(await fixtures.moovFirst.read()))).rotationDegrees).toBe(0);
  });

  test('names the codec of the sound, and none for a silent film', async () => {
    expect(facts(await readVideoFile(byteReader(await fixtures.moovFirst.read()))).audioCodec).toBe('mp4a.40.2');
    expect(facts(await readVideoFile(byteReader(await fixtures.webm.read()))).audioCodec).toBe('opus');
    expect(facts(await readVideoFile(byteReader(await fixtures.rotated.read())))).not.toHaveProperty('audioCodec');
  });

  test('reads a Blob as well as a reader', async () => {
    const bytes = await fixtures.moovLast.read();
    expect(await readVideoFile(new Blob([bytes]))).toEqual(await readVideoFile(byteReader(bytes)));
  });

  test.each(['moovFirst', 'moovLast'] as const)(
    'an MP4 of 5 GB, %s: at most 3 round trips and 256 KiB',
    async (name) => {
      const bytes = await fixtures[name].read();
      const at = positionOf(bytes, 'mdat');
      // A media box with a size of 64 bits: real bytes, then gigabytes of zeros.
      const zeroBytes = 5_000_000_000;
      const mediaBytes = new DataView(bytes.buffer).getUint32(at);
      const size = BigInt(mediaBytes + 8 + zeroBytes);
      const header = concat(
        words(1),
        new TextEncoder().encode('mdat'),
        words(Number(size >> 32n), Number(size & 0xffffffffn)),
      );
      const head = concat(bytes.subarray(0, at), header, bytes.subarray(at + 8, at + mediaBytes));
      const result = await readVideoFile(sparseReader(head, zeroBytes, bytes.subarray(at + mediaBytes)));
      expect(facts(result).durationSeconds).toBeCloseTo(3, 0);
      expect(result.reads).toBeLessThanOrEqual(3);
      expect(result.bytesRead).toBeLessThanOrEqual(256 * 1024);
    },
  );
});

describe('readVideoFile on recordings without a duration', () => {
  /** The header of a WebM whose duration is blanked out, and its clusters. */
  async function liveRecording() {
    const bytes = await fixtures.webm.read();
    const duration = bytes.findIndex((byte, index) => byte === 0x44 && bytes[index + 1] === 0x89);
    bytes.set([0xec, 0x89], duration);
    const cluster = bytes.findIndex(
      (byte, index) =>
        byte === 0x1f && bytes[index + 1] === 0x43 && bytes[index + 2] === 0xb6 && bytes[index + 3] === 0x75,
    );
    return { bytes, cluster };
  }

  test('adds up the frames', async () => {
    const { bytes } = await liveRecording();
    expect(facts(await readVideoFile(byteReader(bytes))).durationSeconds).toBeCloseTo(2, 0);
  });

  test('stops at maxBytesRead and leaves the duration out', async () => {
    const { bytes, cluster } = await liveRecording();
    const head = bytes.slice(0, cluster);
    // The segment's size becomes "unknown", as live recorders write it.
    const segment = head.findIndex((byte, index) => byte === 0x18 && head[index + 1] === 0x53);
    head.set([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], segment + 4);
    const reader = repeatingReader(head, bytes.slice(cluster), 500_000_000);
    const found = facts(await readVideoFile(reader, { maxBytesRead: 2_000_000 }));
    expect(found).not.toHaveProperty('durationSeconds');
    expect(found).toMatchObject({ widthPixels: 320, heightPixels: 180 });
    expect(found.bytesRead).toBeLessThanOrEqual(2_000_000);
  });
});

describe('readVideoFile on what is no video', () => {
  const file = (text: string) => new TextEncoder().encode(text.padEnd(400, '.'));

  test.each([
    ['an empty file', new Uint8Array(), 'unknown-container'],
    ['one byte', new Uint8Array([0]), 'unknown-container'],
    ['a picture', new Uint8Array([0x89, ...file('PNG')]), 'unknown-container'],
    ['a playlist', file('#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1/a.ts\n'), 'unknown-container'],
    ['an AVI', file('RIFF....AVI LIST'), 'unsupported-container'],
    ['an FLV', file('FLV\u0001'), 'unsupported-container'],
    ['an Ogg', file('OggS'), 'unsupported-container'],
    ['an old QuickTime', concat(words(300), file('moov')), 'unsupported-container'],
    ['an MPEG program stream', concat(words(0x1ba), file('')), 'unsupported-container'],
    ['an MP4 without its index', concat(box('ftyp', file('isom')), box('mdat', file(''))), 'malformed'],
  ])('%s', async (_, bytes, reason) => {
    expect(await readVideoFile(byteReader(bytes))).toMatchObject({ isVideo: false, reason });
  });

  test('the fixtures that only look like videos', async () => {
    expect(await readVideoFile(byteReader(await fixtures.text.read()))).toMatchObject({ reason: 'unknown-container' });
    expect(await readVideoFile(byteReader(await fixtures.truncated.read()))).toMatchObject({ reason: 'malformed' });
  });

  test('an MP4 with sound alone', async () => {
    const bytes = await fixtures.moovFirst.read();
    const handler = positionOf(bytes, 'hdlr');
    bytes.set(new TextEncoder().encode('text'), handler + 16);
    expect(await readVideoFile(byteReader(bytes))).toMatchObject({ isVideo: false, reason: 'no-video-track' });
  });

  test('says nothing on the console, whatever the file calls its codec', async () => {
    const bytes = await fixtures.moovFirst.read();
    const entry = positionOf(bytes, 'avc1', positionOf(bytes, 'stsd'));
    bytes.set(new TextEncoder().encode('\u001b[2J'), entry + 4);
    const written: unknown[] = [];
    const { warn } = console;
    console.warn = (...values: unknown[]) => written.push(values);
    try {
      expect(facts(await readVideoFile(byteReader(bytes)))).not.toHaveProperty('videoCodec');
    } finally {
      console.warn = warn;
    }
    expect(written).toEqual([]);
  });

  test('a file of this repository', async () => {
    const bytes = new Uint8Array(await readFile(new URL('./read-video-file.ts', import.meta.url)));
    expect(await readVideoFile(byteReader(bytes))).toMatchObject({ isVideo: false, reason: 'unknown-container' });
  });
});
