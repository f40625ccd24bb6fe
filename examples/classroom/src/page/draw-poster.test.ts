// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { drawableVideo } from '../../test-support/drawable-video.ts';
import { drawPoster } from './draw-poster.ts';

const file = new File(['x'], 'film.mp4', { type: 'video/mp4' });
const jpegOf = (bytes: number) => new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });

test('a picture from the first third of a short film is drawn in its proportions, and the file is then released', async () => {
  const jpeg = jpegOf(90_000);
  const done = drawableVideo({ jpeg });
  expect(await drawPoster(file)).toBe(jpeg);
  expect(done).toEqual(['seek 0.5', 'draw 0,0,480,240', 'image/jpeg', 'revoke blob:film']);
});

test.each([
  ['is too large for the classroom', { jpeg: jpegOf(90_001) }],
  ['cannot be encoded', { jpeg: null }],
  ['is not there, since only the sound plays', { jpeg: jpegOf(1), widthPixels: 0 }],
  ['cannot be shown by this browser', { jpeg: jpegOf(1), loads: 'error' }],
] as const)('there is none when it %s, and the file is released', async (_why, video) => {
  const done = drawableVideo(video);
  expect(await drawPoster(file)).toBeUndefined();
  expect(done.at(-1)).toBe('revoke blob:film');
});
