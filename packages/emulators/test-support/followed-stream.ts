import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';

/** A stream as a player would get it. */
export interface FollowedStream {
  /** Initialisation and segments, in order. */
  readonly bytes: Uint8Array;
  /** Statuses of the manifests. */
  readonly manifestStatuses: readonly number[];
  /** Statuses of the initialisation and the segments. */
  readonly segmentStatuses: readonly number[];
}

/** Follows an HLS manifest to all files that its first stream names. */
export async function followHls(manifestUrl: string): Promise<FollowedStream> {
  const master = await fetch(manifestUrl);
  const media = (await master.text()).split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const mediaUrl = new URL(media, manifestUrl);
  const playlist = await fetch(mediaUrl);
  const parts: Part[] = [];
  let range: string | undefined;
  for (const line of (await playlist.text()).split('\n')) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"(?:,BYTERANGE="(\d+)@(\d+)")?/.exec(line);
    const byteRange = /^#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(line);
    if (map !== null) parts.push({ url: new URL(map[1] ?? '', mediaUrl), range: rangeOf(map[2], map[3]) });
    else if (byteRange !== null) range = rangeOf(byteRange[1], byteRange[2]);
    else if (line !== '' && !line.startsWith('#')) parts.push({ url: new URL(line, mediaUrl), range });
  }
  return fetchParts(parts, [master.status, playlist.status]);
}

/** Follows a DASH manifest with segment lists to all files that its first representation names. */
export async function followDashList(manifestUrl: string): Promise<FollowedStream> {
  const manifest = await fetch(manifestUrl);
  const [, file = '', list = ''] =
    /<BaseURL>([^<]+)<\/BaseURL>\s*<SegmentList[^>]*>(.*?)<\/SegmentList>/s.exec(await manifest.text()) ?? [];
  const url = new URL(file, manifestUrl);
  const parts = [...list.matchAll(/[rR]ange="(\d+-\d+)"/g)].map((match) => ({ url, range: `bytes=${match[1]}` }));
  return fetchParts(parts, [manifest.status]);
}

/** Duration and frame size, as a player would show them. */
export async function videoFactsOf(bytes: Uint8Array): Promise<{ seconds: number; widthPixels: number | undefined }> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  const facts = { seconds: await input.computeDuration(), widthPixels: await track?.getDisplayWidth() };
  input.dispose();
  return facts;
}

interface Part {
  readonly url: URL;
  readonly range: string | undefined;
}

async function fetchParts(parts: readonly Part[], manifestStatuses: readonly number[]): Promise<FollowedStream> {
  const segmentStatuses: number[] = [];
  const pieces: Buffer[] = [];
  for (const { url, range } of parts) {
    const response = await fetch(url, range === undefined ? {} : { headers: { Range: range } });
    segmentStatuses.push(response.status);
    pieces.push(Buffer.from(await response.arrayBuffer()));
  }
  return { bytes: Buffer.concat(pieces), manifestStatuses, segmentStatuses };
}

function rangeOf(length: string | undefined, start: string | undefined): string | undefined {
  return length === undefined ? undefined : `bytes=${start}-${Number(start) + Number(length) - 1}`;
}
