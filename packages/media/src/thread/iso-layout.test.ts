import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { ByteSource } from './byte-source.ts';
import { isoLayout } from './iso-layout.ts';

const text = (characters: string) => new TextEncoder().encode(characters);
const brand = (name: string) => box('ftyp', text(name), words(0));
const plain = box('moov', box('trak'));
/** Announces fragments. */
const announcing = box('moov', box('mvex'));
const fragment = box('moof', words(1));

const layoutOf = (...parts: readonly Uint8Array[]) => {
  const bytes = concat(...parts);
  return isoLayout(new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end)));
};

describe('the first box of a file', () => {
  test.each([
    'ftyp',
    'styp',
    'moov',
    'moof',
    'mdat',
    'free',
    'skip',
    'wide',
    'uuid',
    'pdin',
    'pnot',
    'sidx',
    'emsg',
    'prft',
  ])('may be %s', async (type) => {
    expect(await layoutOf(box(type, words(0)))).toMatchObject({ start: 0 });
  });

  test('must not be of another type or an impossible box; any box may follow it', async () => {
    expect(await layoutOf(box('jP  '), brand('isom'))).toBeUndefined();
    expect(await layoutOf(words(0, 0))).toBeUndefined();
    expect(await layoutOf(new Uint8Array())).toBeUndefined();
    expect(await layoutOf(brand('isom'), box('jP  '))).toMatchObject({ isConclusive: true });
  });
});

describe('the layout', () => {
  test('the first brand counts, at any position', async () => {
    expect(await layoutOf(box('free'), brand('isom'), brand('qt  '))).toMatchObject({ start: 8, brand: 'isom' });
    expect(await layoutOf(box('free'))).not.toHaveProperty('brand');
  });

  test('a movie without fragments ends the search, even when broken boxes follow it', async () => {
    expect(await layoutOf(brand('isom'), plain, words(2, 2))).toEqual({
      ...{ start: 0, brand: 'isom', isConclusive: true },
      movie: { type: 'moov', start: 16, content: 24, end: 32 },
    });
  });

  test('the first movie and the first fragment count, in either order', async () => {
    const media = box('mdat');
    expect(await layoutOf(announcing, media, announcing, fragment, fragment)).toMatchObject({
      movie: { start: 0 },
      firstFragment: { start: 40 },
    });
    expect(await layoutOf(fragment, media, fragment, announcing)).toMatchObject({
      movie: { start: 32 },
      firstFragment: { start: 0 },
      isConclusive: true,
    });
  });

  test('a walk that ends early proves nothing about missing boxes', async () => {
    expect(await layoutOf(brand('isom'), announcing, words(2, 2))).toMatchObject({ isConclusive: false });
    expect(await layoutOf(brand('isom'), announcing)).toMatchObject({ isConclusive: true });
    expect(await layoutOf(brand('isom'), words(2, 2))).toEqual({ start: 0, brand: 'isom', isConclusive: false });
  });

  test('a movie that may announce fragments after unread boxes does not end the search', async () => {
    const free = Array.from({ length: 1998 }, () => box('free'));
    const late = box('moov', box('trak'), box('mvex'));
    expect(await layoutOf(...free, late, fragment)).not.toMatchObject({ isConclusive: true });
    expect(await layoutOf(...free, plain, fragment)).toMatchObject({ isConclusive: true });
  });
});
