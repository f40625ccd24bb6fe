import { describe, expect, test } from 'vitest';
import type { ParsedTrack } from './parser.ts';
import { pictureOf } from './picture.ts';

const video = (more: object = {}): ParsedTrack => ({ '@type': 'Video', Width: '320', Height: '180', ...more });
const sizeOf = (track: ParsedTrack) => {
  const { widthPixels, heightPixels, rotationDegrees } = pictureOf([track]) ?? {};
  return [widthPixels, heightPixels, rotationDegrees];
};

describe('the picture of a film', () => {
  test('is its first track with a known size', () => {
    const shown = video({ ID: '4' });
    const others = [{ '@type': 'Image', Width: '9', Height: '9' }, video({ Width: '0' }), video({ Height: '0' })];
    expect(pictureOf([...others, shown, video({ ID: '5' })])).toEqual({
      ...{ track: shown, widthPixels: 320, heightPixels: 180, rotationDegrees: 0 },
    });
    expect(pictureOf(others)).toBeUndefined();
    expect(pictureOf([video({ Width: 'wide' }), video({ Height: undefined })])).toBeUndefined();
  });

  test('has square pixels, to the nearest', () => {
    expect(sizeOf(video({ PixelAspectRatio: '1.500' }))).toEqual([480, 180, 0]);
    expect(sizeOf(video({ PixelAspectRatio: '1.0666' }))).toEqual([341, 180, 0]);
    expect(sizeOf(video({ PixelAspectRatio: '0' }))).toEqual([320, 180, 0]);
    expect(sizeOf(video({ Width: '1', Height: '1' }))).toEqual([1, 1, 0]);
  });

  test.each([
    ['0', [320, 180, 0]],
    ['90.000', [180, 320, 90]],
    ['180', [320, 180, 180]],
    ['270', [180, 320, 270]],
    ['360', [320, 180, 0]],
    ['450', [180, 320, 90]],
    ['-90', [180, 320, 270]],
    ['45', [320, 180, 0]],
    ['upside down', [320, 180, 0]],
  ])('turned by %s', (Rotation, expected) => {
    expect(sizeOf(video({ Rotation }))).toEqual(expected);
  });
});
