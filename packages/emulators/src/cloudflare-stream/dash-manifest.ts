import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One fragmented MP4 file with the HLS playlists that describe it. */
export interface DashStream {
  /** The type of its track. */
  readonly kind: 'video' | 'audio';
  /** Folder of the files. */
  readonly folder: string;
  /** Name of the playlist with codecs and bandwidth. */
  readonly master: string;
  /** Name of the playlist with segments and their byte ranges. */
  readonly media: string;
  /** Name of the file itself. */
  readonly file: string;
}

const TIMESCALE = 1000;

/** A DASH manifest (MPEG-DASH, main profile, segment lists by byte ranges) of files that HLS playlists describe. */
export async function dashManifest(streams: readonly DashStream[]): Promise<string> {
  const described = await Promise.all(streams.map(describe));
  const seconds = Math.max(...described.map(({ durationSeconds }) => durationSeconds));
  return `<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-main:2011" type="static" mediaPresentationDuration="PT${seconds.toFixed(3)}S" minBufferTime="PT2S">
<Period>
${described.map(({ xml }) => xml).join('\n')}
</Period>
</MPD>
`;
}

async function describe(stream: DashStream): Promise<{ readonly durationSeconds: number; readonly xml: string }> {
  const master = await readFile(join(stream.folder, stream.master), 'utf8');
  const media = await readFile(join(stream.folder, stream.media), 'utf8');
  const attribute = (pattern: RegExp): string => pattern.exec(master)?.[1] ?? '';
  const [, width = '', height = ''] = /RESOLUTION=(\d+)x(\d+)/.exec(master) ?? [];
  const size = stream.kind === 'video' ? ` width="${width}" height="${height}"` : '';
  const index = /BYTERANGE="(\d+)@(\d+)"/.exec(media);
  const segments = [...media.matchAll(/#EXTINF:([\d.]+),[^\n]*\n#EXT-X-BYTERANGE:(\d+)@(\d+)/g)].map((match) => ({
    seconds: Number(match[1]),
    range: byteRange(match[2], match[3]),
  }));
  const timeline = segments.map(({ seconds }) => `<S d="${Math.round(seconds * TIMESCALE)}"/>`).join('');
  const urls = segments.map(({ range }) => `<SegmentURL mediaRange="${range}"/>`).join('');
  return {
    durationSeconds: segments.reduce((sum, { seconds }) => sum + seconds, 0),
    xml: `<AdaptationSet contentType="${stream.kind}" segmentAlignment="true">
<Representation id="${stream.kind}" mimeType="${stream.kind}/mp4" codecs="${attribute(/CODECS="([^"]+)"/)}" bandwidth="${attribute(/BANDWIDTH=(\d+)/)}"${size}>
<BaseURL>${stream.file}</BaseURL>
<SegmentList timescale="${TIMESCALE}"><Initialization range="${byteRange(index?.[1], index?.[2])}"/><SegmentTimeline>${timeline}</SegmentTimeline>${urls}</SegmentList>
</Representation>
</AdaptationSet>`,
  };
}

function byteRange(length = '0', start = '0'): string {
  return `${start}-${Number(start) + Number(length) - 1}`;
}
