import { fixtures } from '@videostorage/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf } from '../test-support/boxes.ts';
import { byteReader } from '../test-support/byte-reader.ts';
import { caseFile } from '../test-support/case-file.ts';
import { propertyRuns } from '../test-support/property-runs.ts';
import { probeVideo } from './probe-video.ts';

const probe = (bytes: Uint8Array) => probeVideo(byteReader(bytes));
const text = (content: string) => new TextEncoder().encode(content);
const notVideo = (code: string) => ({ outcome: 'not-a-video', failure: { code, message: expect.any(String) } });

describe('proven not a video', () => {
  test.each([
    ['an empty file', new Uint8Array()],
    ['a text', text('Hello.\n')],
    ['a text with letters of several bytes, cut within one', text(`a${'é'.repeat(5000)}`)],
    ['a page', text('<html><body>Hello</body></html>')],
    ['a playlist', text('#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1/a.ts\n')],
    ['a PDF', concat(text('%PDF-1.7\n'), new Uint8Array(500))],
    ['an archive', concat(text('PK\u0003\u0004'), new Uint8Array(500))],
    ['a program', concat(text('\u007fELF'), new Uint8Array(500))],
  ])('%s', async (_, bytes) => {
    expect(await probe(bytes)).toMatchObject(notVideo('NOT_A_VIDEO'));
  });

  test.each(['still.png', 'still.jpg', 'sound.m4a', 'sound.mp3', 'sound.webm'])('%s', async (name) => {
    expect(await probe(await caseFile(name))).toMatchObject(notVideo('NOT_A_VIDEO'));
  });

  test('an MP4 that ends before its index, and one whose index is incomplete', async () => {
    expect(await probe(await fixtures.truncated.read())).toMatchObject(notVideo('MALFORMED'));
    const whole = await fixtures.moovLast.read();
    expect(await probe(whole.subarray(0, positionOf(whole, 'moov') + 20))).toMatchObject(notVideo('MALFORMED'));
  });
});

describe('undetermined content is not refused', () => {
  test.each([
    ['zeros', new Uint8Array(100_000)],
    ['one byte', new Uint8Array([0])],
    [
      'bytes of no known format',
      Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff),
    ],
  ])('%s: unrecognised', async (_, bytes) => {
    expect(await probe(bytes)).toMatchObject({ outcome: 'undetermined', reason: 'unrecognised' });
  });

  test.each([0x00, 0x08, 0x0e, 0x1f, 0x7f])(
    'a text with the control character %d is not proven to be text',
    async (code) => {
      const bytes = text(`Hello.${String.fromCharCode(code)}\n`);
      expect(await probe(bytes)).toMatchObject({ outcome: 'undetermined', reason: 'unrecognised' });
    },
  );

  test('text may contain every kind of white space', async () => {
    expect(await probe(text('Hello.\t\n\u000b\f\r'))).toMatchObject(notVideo('NOT_A_VIDEO'));
  });

  test('boxes that are followed by something else: unreadable', async () => {
    const bytes = concat(box('ftyp', text('isom\0\0\0\0isom')), new Uint8Array(100_000));
    expect(await probe(bytes)).toMatchObject({ outcome: 'undetermined', reason: 'unreadable' });
  });

  test('a head of Matroska alone: unreadable', async () => {
    const bytes = await fixtures.webm.read();
    expect(await probe(bytes.subarray(0, 60))).toMatchObject({ outcome: 'undetermined', reason: 'unreadable' });
  });
});

describe('any content has an outcome, and is never an error', () => {
  const runs = propertyRuns(40);

  test('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect((await probe(bytes)).outcome).not.toBe('video');
      }),
      runs,
    );
  });

  test('real files with changed bytes where their tables are, and cut anywhere', async () => {
    const samples = await Promise.all([...Object.values(fixtures).map(({ read }) => read()), caseFile('h264.mpegts')]);
    const change = fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 })),
      isNearEnd: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (bytes, changes, kept) => {
          const spoilt = bytes.slice();
          const reach = Math.min(4000, spoilt.length);
          for (const { place, value, isNearEnd } of changes) {
            const offset = Math.floor(place * reach);
            spoilt[isNearEnd ? spoilt.length - 1 - offset : offset] = value;
          }
          const cut = spoilt.subarray(0, changes.length === 0 ? Math.floor(kept * spoilt.length) : spoilt.length);
          expect(['video', 'not-a-video', 'undetermined']).toContain((await probe(cut)).outcome);
        },
      ),
      runs,
    );
  });
});
