import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One small real file and the facts about it. */
export interface VideoFixture {
  /** Name of the file, for instance `moov-first.mp4`. */
  readonly fileName: string;
  /** Absolute path. */
  readonly path: string;
  /** Canonical type of the content; when it is not a video, the type that the file name suggests. */
  readonly mimeType: string;
  /** Whether it can be played. */
  readonly isVideo: boolean;
  /** Duration; 0 when it is not a video. */
  readonly durationSeconds: number;
  /** Display width in pixels, after rotation; 0 when it is not a video. */
  readonly widthPixels: number;
  /** Display height in pixels, after rotation; 0 when it is not a video. */
  readonly heightPixels: number;
  /** Reads the bytes. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Names of the fixtures. */
export type FixtureName =
  | 'moovFirst'
  | 'moovLast'
  | 'fragmented'
  | 'webm'
  | 'quicktime'
  | 'matroska'
  | 'rotated'
  | 'truncated'
  | 'text';

/** Videos in all common containers, and two files that are not videos. */
export const fixtures: Readonly<Record<FixtureName, VideoFixture>> = {
  /** MP4 with its index at the start: plays while it loads. */
  moovFirst: video('moov-first.mp4', 'video/mp4', 3),
  /** MP4 with its index at the end. */
  moovLast: video('moov-last.mp4', 'video/mp4', 3),
  /** Fragmented MP4, as streaming servers produce it. */
  fragmented: video('fragmented.mp4', 'video/mp4', 3),
  /** WebM, VP9 and Opus. */
  webm: video('vp9.webm', 'video/webm', 2),
  /** QuickTime. */
  quicktime: video('quicktime.mov', 'video/quicktime', 2),
  /** Matroska. */
  matroska: video('matroska.mkv', 'video/matroska', 2),
  /** MP4 that is stored rotated by 90 degrees. */
  rotated: video('rotated.mp4', 'video/mp4', 2, 180, 320),
  /** The first half of `moovLast`: the index is missing. */
  truncated: noVideo('truncated.mp4'),
  /** A text file with the name of a video. */
  text: noVideo('text.mp4'),
};

function video(
  fileName: string,
  mimeType: string,
  durationSeconds: number,
  widthPixels = 320,
  heightPixels = 180,
): VideoFixture {
  return { ...file(fileName), mimeType, isVideo: true, durationSeconds, widthPixels, heightPixels };
}

function noVideo(fileName: string): VideoFixture {
  return {
    ...file(fileName),
    mimeType: 'video/mp4',
    isVideo: false,
    durationSeconds: 0,
    widthPixels: 0,
    heightPixels: 0,
  };
}

function file(fileName: string): Pick<VideoFixture, 'fileName' | 'path' | 'read'> {
  const path = fileURLToPath(new URL(`../fixtures/${fileName}`, import.meta.url));
  return { fileName, path, read: async () => new Uint8Array(await readFile(path)) };
}
