import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { fixtures } from './fixtures.ts';

const videos = Object.entries(fixtures).filter(([, fixture]) => fixture.isVideo);

test.each(videos)('%s has the frame size and the duration that it states', async (_name, fixture) => {
  const input = new Input({ source: new BufferSource(await fixture.read()), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  expect(track?.displayWidth).toBe(fixture.widthPixels);
  expect(track?.displayHeight).toBe(fixture.heightPixels);
  expect(Math.abs((await input.computeDuration()) - fixture.durationSeconds)).toBeLessThan(0.2);
});

test.each([
  ['moovFirst', /^ftyp moov (free )?mdat$/],
  ['moovLast', /^ftyp (free )?mdat moov$/],
  ['fragmented', /^ftyp moov( moof mdat)+( mfra)?$/],
] as const)('%s has its boxes in that order', async (name, order) => {
  const bytes = await fixtures[name].read();
  expect(boxTypes(bytes).join(' ')).toMatch(order);
});

test('the text file is text, and the truncated video lacks its second half', async () => {
  expect(new TextDecoder('utf-8', { fatal: true }).decode(await fixtures.text.read())).toContain(
    'calls itself a video',
  );
  const [whole, half] = [await fixtures.moovLast.read(), await fixtures.truncated.read()];
  expect(Buffer.from(whole.subarray(0, half.length)).equals(half)).toBe(true);
  expect(half.length).toBe(Math.floor(whole.length / 2));
});

test('together they are a few hundred kilobytes', async () => {
  const sizes = await Promise.all(Object.values(fixtures).map(async (fixture) => (await fixture.read()).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
});

/** The types of the outermost boxes of an MP4: each begins with its size and its type. */
function boxTypes(bytes: Uint8Array): readonly string[] {
  const view = Buffer.from(bytes);
  const types: string[] = [];
  for (let offset = 0; offset < view.length; offset += Math.max(8, view.readUInt32BE(offset))) {
    types.push(view.toString('latin1', offset + 4, offset + 8));
  }
  return types;
}
