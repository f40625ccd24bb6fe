import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
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
import { CONTAINER_FORMATS } from './container-formats.ts';
import { type DashStream, dashManifest } from './dash-manifest.ts';

const SEGMENT_SECONDS = 4;
/** The buffer of one write. The library would allocate its default of 16 MiB for each file, however small. */
const WRITE = { chunkSize: 1024 * 1024 };

/** Writes `video.m3u8`, `video.mpd` and fragmented MP4 files to which they refer by byte ranges, without re-encoding. */
export async function remuxStreams(source: string, folder: string): Promise<void> {
  await remuxPlaylist(source, folder, { master: 'video.m3u8', media: 'media.m3u8', file: 'stream.mp4' });
  const streams: DashStream[] = [];
  // DASH players need sound and picture in separate files.
  for (const kind of ['video', 'audio'] as const) {
    const names = { master: `dash_${kind}_master.m3u8`, media: `dash_${kind}.m3u8`, file: `dash_${kind}.mp4` };
    const isWritten = await remuxPlaylist(source, folder, names, kind);
    if (isWritten) streams.push({ kind, folder, ...names });
  }
  await writeFile(join(folder, 'video.mpd'), await dashManifest(streams));
}

/** Writes all tracks into an MP4 with the index at its start. */
export async function remuxMp4(source: string, path: string): Promise<void> {
  await convert(source, {
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target: new FilePathTarget(path, WRITE),
  });
}

/** Writes the sound alone, for a video that has some. */
export async function remuxAudio(source: string, path: string): Promise<void> {
  const output = { format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target: new FilePathTarget(path, WRITE) };
  await convert(source, output, { video: { discard: true } });
}

/** False when the source has no track of this kind. */
function remuxPlaylist(
  source: string,
  folder: string,
  names: { readonly master: string; readonly media: string; readonly file: string },
  only?: 'video' | 'audio',
): Promise<boolean> {
  const format = new HlsOutputFormat({
    segmentFormat: new CmafOutputFormat(),
    targetDuration: SEGMENT_SECONDS,
    singleFilePerPlaylist: true,
    getPlaylistPath: () => names.media,
    getSegmentPath: () => names.file,
  });
  const target = new PathedTarget(names.master, ({ path }) => new FilePathTarget(join(folder, path), WRITE));
  return convert(source, { format, target }, discarding(only));
}

function discarding(only: 'video' | 'audio' | undefined): Pick<ConversionOptions, 'video' | 'audio'> {
  if (only === undefined) return {};
  return only === 'video' ? { audio: { discard: true } } : { video: { discard: true } };
}

async function convert(
  source: string,
  to: ConstructorParameters<typeof Output>[0],
  options: Pick<ConversionOptions, 'video' | 'audio'> = {},
): Promise<boolean> {
  const input = new Input({ formats: CONTAINER_FORMATS, source: new FilePathSource(source) });
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
