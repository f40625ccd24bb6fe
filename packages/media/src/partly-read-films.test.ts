import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../test-support/boxes.ts';
import { byteReader } from '../test-support/byte-reader.ts';
import { probeVideo } from './probe-video.ts';

const text = (characters: string) => new TextEncoder().encode(characters);
const SOUND_SAMPLES = 300_000;
const PARENTS: ReadonlySet<string> = new Set(['trak', 'mdia', 'minf', 'stbl']);
const free = Array.from({ length: 2000 }, () => box('free'));
const bytes = await fixtures.moovFirst.read();
const movieStart = positionOf(bytes, 'moov');
const size = (at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
const movie = bytes.subarray(movieStart, movieStart + size(movieStart));
const media = bytes.subarray(movieStart + movie.length);

function ofBrand(brand: string): Uint8Array {
  const head = bytes.slice(0, movieStart);
  head.set(text(brand), 8);
  return head;
}

/** The boxes inside a box, each with its type. */
function children(parent: Uint8Array) {
  const view = new DataView(parent.buffer, parent.byteOffset, parent.length);
  const found: { readonly type: string; readonly content: Uint8Array }[] = [];
  for (let at = 8; at < parent.length; at += view.getUint32(at)) {
    const type = String.fromCharCode(...parent.subarray(at + 4, at + 8));
    found.push({ type, content: parent.subarray(at, at + view.getUint32(at)) });
  }
  return found;
}

/** A track with the table of sizes of a recording of some hours, which is larger than the limit for other boxes. */
function longTrack(track: Uint8Array, type = 'trak'): Uint8Array {
  if (type === 'stsz') return box(type, words(0, 0, SOUND_SAMPLES), new Uint8Array(4 * SOUND_SAMPLES).fill(1));
  if (!PARENTS.has(type)) return track;
  return box(type, ...children(track).map((child) => longTrack(child.content, child.type)));
}

describe.each(['isom', 'iso6'])('a film of the brand %s is not refused when not enough of it can be read', (brand) => {
  test.each([
    ['a box without a name before all', [words(12, 0, 0)], []],
    ['such a box after one with which films do not begin', [box('udta'), words(12, 0, 0)], []],
    ['2000 boxes before its tracks', [box('udta')], free],
  ])('for %s', async (_name, before, between) => {
    const parts = [...before, ofBrand(brand), ...between, movie, media];
    const found = await probeVideo(byteReader(concat(...parts)));
    expect(found).toMatchObject({ outcome: 'video', container: 'mp4', mimeType: 'video/mp4', widthPixels: 320 });
    expect(found).not.toHaveProperty('durationSeconds');
  });

  test('for a long track of sound before that of the picture', async () => {
    const parts = children(movie).map(({ type, content }) => ({ type, content, isSound: holds(content, 'soun') }));
    const long = parts.map((part) => (part.isSound ? { ...part, content: longTrack(part.content) } : part));
    const ordered = [...long.filter(({ type }) => type !== 'trak'), ...long.filter(({ isSound }) => isSound)];
    const pictures = long.filter(({ type, isSound }) => type === 'trak' && !isSound);
    const soundFirst = box('moov', ...[...ordered, ...pictures].map(({ content }) => content));
    const head = ofBrand(brand);
    expect(await probeVideo(byteReader(concat(head, soundFirst, media)))).toMatchObject({ outcome: 'video' });
    for (const before of [
      [box('udta'), head],
      [head, ...free],
    ]) {
      expect(await probeVideo(byteReader(concat(...before, soundFirst, media)))).toMatchObject({
        outcome: 'undetermined',
        reason: 'too-much-to-read',
      });
    }
  });
});

function holds(part: Uint8Array, name: string): boolean {
  return Buffer.from(part).includes(name);
}
