import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../../test-support/boxes.ts';
import { sparseReader } from '../../test-support/byte-reader.ts';
import { caseFile } from '../../test-support/case-file.ts';
import { probeVideo } from '../probe-video.ts';

const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];
const GIB = 1024 ** 3;

/** A fragment of track 1: so many samples of so many ticks from `base` on, in a movie whose ticks are those of the fixture. */
const fragment = (base: number, samples: number, ticks: number) =>
  box(
    'moof',
    box('mfhd', words(0, 1)),
    box('traf', box('tfhd', words(0x20008, 1, ticks)), box('tfdt', words(0, base)), box('trun', words(0, samples))),
  );

async function fragmentedHead() {
  const bytes = await fixtures.fragmented.read();
  const head = bytes.subarray(0, positionOf(bytes, 'moof'));
  const timescale = new DataView(bytes.buffer).getUint32(positionOf(bytes, 'mdhd') + 20);
  return { head, timescale };
}

describe('recordings without a duration, at any size, in a few reads', () => {
  test('live WebM of 3 GiB: from the first and the last cluster', async () => {
    const bytes = await caseFile('live-starting-at-36000.webm');
    const place = bytes.findIndex((_, index) => CLUSTER.every((byte, offset) => bytes[index + offset] === byte));
    // A cluster, gigabytes that are skipped, and a cluster 100 seconds later, at 36 100 000 ms.
    const middle = new Uint8Array([0xec, 0x01, 0, 0, 0, 0, 0, 0, 0]);
    new DataView(middle.buffer).setUint32(5, 3 * GIB);
    const last = new Uint8Array([...CLUSTER, 0x8c, 0xe7, 0x84, 2, 0x26, 0xd7, 0xa0, 0xa3, 0x84, 0x81, 0, 10, 0x80]);
    const head = concat(bytes.subarray(0, place), bytes.subarray(place), middle);
    const result = await probeVideo(sparseReader(head, 3 * GIB, last));
    expect(result).toMatchObject({ outcome: 'video', container: 'webm' });
    expect(result.outcome === 'video' && result.durationSeconds).toBeCloseTo(100, 0);
    expect(result.reads).toBeLessThanOrEqual(10);
    expect(result.bytesRead).toBeLessThanOrEqual(3 * 1024 * 1024);
  });

  test('fragmented MP4 of 3 GiB whose clock starts at 1 000 s', async () => {
    const { head, timescale } = await fragmentedHead();
    const tick = timescale / 10;
    const first = fragment(1000 * timescale, 10, tick);
    const media = concat(words(1), new TextEncoder().encode('mdat'), words(0, 0));
    new DataView(media.buffer).setBigUint64(8, BigInt(3 * GIB + 16));
    const tail = concat(fragment(1099 * timescale, 10, tick), box('mdat', new Uint8Array(100)));
    const result = await probeVideo(sparseReader(concat(head, first, media), 3 * GIB, tail));
    expect(result).toMatchObject({ outcome: 'video', container: 'mp4', durationSeconds: 100 });
    expect(result.reads).toBeLessThanOrEqual(10);
  });

  test('40 minutes of one fragment per frame', async () => {
    const { head, timescale } = await fragmentedHead();
    const tick = timescale / 25;
    const one = concat(fragment(0, 1, tick), box('mdat', new Uint8Array(8)));
    const frames = 40 * 60 * 25;
    const bytes = new Uint8Array(head.length + frames * one.length);
    bytes.set(head);
    const view = new DataView(bytes.buffer);
    const time = positionOf(one, 'tfdt') + 12;
    for (let frame = 0, start = head.length; frame < frames; frame++, start += one.length) {
      bytes.set(one, start);
      view.setUint32(start + time, frame * tick);
    }
    const result = await probeVideo(sparseReader(bytes, 0, new Uint8Array()));
    expect(result).toMatchObject({ outcome: 'video', container: 'mp4' });
    expect(result.outcome === 'video' && result.durationSeconds).toBeCloseTo(40 * 60, 3);
    expect(result.reads).toBeLessThanOrEqual(10);
  });

  test('a fragmented MP4 whose last fragment is not found has no duration, rather than a lower bound', async () => {
    const { head, timescale } = await fragmentedHead();
    const first = fragment(0, 10, timescale / 10);
    const result = await probeVideo(sparseReader(concat(head, first), 64 * 1024 * 1024, new Uint8Array([1])));
    expect(result.outcome).toBe('video');
    expect(result).not.toHaveProperty('durationSeconds');
  });
});
