import type { ParsedTrack } from './parser.ts';

/** The picture of a film, as it is shown. */
export interface Picture {
  readonly track: ParsedTrack;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly rotationDegrees: 0 | 90 | 180 | 270;
}

/** The first track with a picture of known size: pixels made square, then turned. */
export function pictureOf(tracks: readonly ParsedTrack[]): Picture | undefined {
  for (const track of tracks) {
    if (track['@type'] !== 'Video') continue;
    const height = numberOf(track['Height']);
    const width = Math.round(numberOf(track['Width']) * (numberOf(track['PixelAspectRatio']) || 1));
    if (!(width > 0 && height > 0)) continue;
    const rotationDegrees = turnOf(numberOf(track['Rotation']));
    const isUpright = rotationDegrees === 0 || rotationDegrees === 180;
    const [widthPixels, heightPixels] = isUpright ? [width, height] : [height, width];
    return { track, widthPixels, heightPixels, rotationDegrees };
  }
  return undefined;
}

function turnOf(degrees: number): Picture['rotationDegrees'] {
  const turns = [0, 90, 180, 270] as const;
  return turns.find((turn) => turn === ((degrees % 360) + 360) % 360) ?? 0;
}

/** 0 for what is not a number. */
function numberOf(value: unknown): number {
  const number = Number.parseFloat(String(value));
  return Number.isFinite(number) ? number : 0;
}
