import type { StreamContext } from './stream-context.ts';
import { badRequest } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';

const MAX_SIDE_PIXELS = 2000;
/** 16 by 9 pixels of grey, for computers without ffmpeg. */
const GREY_JPEG =
  '/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRoaGhwcHCDg4NwcHBoaHBwfHyDg4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAAAAAAEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgACAAQAwEiAAIRAAMRAP/aAAwDAQACEQMRAD8AAA//2Q==';
/** One pixel. */
const GREY_GIF = 'R0lGODlhAQABAIAAAICAgAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

/** A picture: a file, or the built-in one. */
export type Picture = { readonly path: string } | { readonly bytes: Buffer; readonly type: string };

/** The still picture of `thumbnails/thumbnail.jpg`. @throws {StreamRefusal} */
export async function still(video: EmulatedVideo, query: URLSearchParams, account: StreamContext): Promise<Picture> {
  const args = [String(startOf(video, query)), '-frames:v', '1', '-vf', scaleOf(query), '-q:v', '5'];
  const path = await account.renditions.picture(video, 'picture.jpg', args);
  return path === undefined ? { bytes: Buffer.from(GREY_JPEG, 'base64'), type: 'image/jpeg' } : { path };
}

/** The moving picture of `thumbnails/thumbnail.gif`. @throws {StreamRefusal} */
export async function animation(
  video: EmulatedVideo,
  query: URLSearchParams,
  account: StreamContext,
): Promise<Picture> {
  const seconds = Math.min(30, parseSeconds(query.get('duration') ?? '5s'));
  const fps = numberOf(query, 'fps', 8, 15);
  const args = [String(startOf(video, query)), '-t', String(seconds), '-vf', `fps=${fps},${scaleOf(query)}`];
  const path = await account.renditions.picture(video, 'picture.gif', args);
  return path === undefined ? { bytes: Buffer.from(GREY_GIF, 'base64'), type: 'image/gif' } : { path };
}

/** `5m2s`, `1h12m27s`, `1s` or `123` in seconds. */
function parseSeconds(text: string): number {
  const match = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?$/.exec(text);
  if (match === null || text === '') throw badRequest('times are written like 1h12m27s.');
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function startOf(video: EmulatedVideo, query: URLSearchParams): number {
  const finding = video.arrived?.finding;
  const durationSeconds = finding?.kind === 'video' ? finding.durationSeconds : 0;
  const time = query.get('time');
  const wanted = time === null ? video.settings.thumbnailTimestampPct * durationSeconds : parseSeconds(time);
  // There is no picture after the last frame.
  return Math.max(0, Math.min(wanted, durationSeconds - 0.2));
}

function scaleOf(query: URLSearchParams): string {
  const width = numberOf(query, 'width', 640, MAX_SIDE_PIXELS);
  const height = numberOf(query, 'height', 640, MAX_SIDE_PIXELS);
  const size = `${width}:${height}`;
  switch (query.get('fit') ?? 'crop') {
    case 'crop':
      return `scale=${size}:force_original_aspect_ratio=increase,crop=${size}`;
    case 'clip':
    case 'scale':
      return `scale=${size}:force_original_aspect_ratio=decrease`;
    case 'fill':
      return `scale=${size}:force_original_aspect_ratio=decrease,pad=${size}:(ow-iw)/2:(oh-ih)/2`;
    default:
      throw badRequest('fit is crop, clip, scale or fill.');
  }
}

function numberOf(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  const value = text === null ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw badRequest(`${name} is a number from 1 to ${max}.`);
  return value;
}
