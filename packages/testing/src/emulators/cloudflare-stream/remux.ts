import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ALL_FORMATS,
  CmafOutputFormat,
  Conversion,
  type ConversionOptions,
  FilePathSource,
  FilePathTarget,
  HlsOutputFormat,
  Input,
  Mp4OutputFormat,
  Output,
  PathedTarget,
} from 'mediabunny';

const SEGMENT_SECONDS = 4;

/** Writes `video.m3u8` and fragmented MP4 files that it points into by byte ranges, with the codecs as they are. */
export async function remuxHls(source: string, folder: string): Promise<void> {
  await convert(source, {
    format: new HlsOutputFormat({
      segmentFormat: new CmafOutputFormat(),
      targetDuration: SEGMENT_SECONDS,
      singleFilePerPlaylist: true,
      getPlaylistPath: ({ n }) => `media_${n}.m3u8`,
      getSegmentPath: ({ playlist }) => `stream_${playlist.n}.mp4`,
      getInitPath: ({ n }) => `init_${n}.mp4`,
    }),
    target: new PathedTarget('video.m3u8', ({ path }) => new FilePathTarget(join(folder, path))),
  });
}

/** Writes all tracks into an MP4 whose index stands first. */
export async function remuxMp4(source: string, path: string): Promise<void> {
  await convert(source, {
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target: new FilePathTarget(path),
  });
}

/** Writes the sound alone; an empty file when there is none. */
export async function remuxAudio(source: string, path: string): Promise<void> {
  const output = { format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target: new FilePathTarget(path) };
  const isWritten = await convert(source, output, { video: { discard: true } });
  if (!isWritten) await writeFile(path, '');
}

async function convert(
  source: string,
  to: ConstructorParameters<typeof Output>[0],
  options: Pick<ConversionOptions, 'video'> = {},
): Promise<boolean> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(source) });
  try {
    const conversion = await Conversion.init({
      input,
      output: new Output(to),
      tracks: 'primary',
      showWarnings: false,
      ...options,
    });
    if (!conversion.isValid) return false;
    await conversion.execute();
    return true;
  } finally {
    input.dispose();
  }
}
