import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type DownloadKind, downloadState } from './download-state.ts';
import { EMBED_SCRIPT } from './embed-script.ts';
import { unauthorized } from './playback-token.ts';
import { type AdmittedViewer, admitViewer } from './playback-viewer.ts';
import { playerPage } from './player-page.ts';
import { serveFile } from './serve-file.ts';
import type { StreamContext } from './stream-context.ts';
import { badRequest, notFound, StreamRefusal } from './stream-refusal.ts';
import { animation, type Picture, still } from './thumbnails.ts';

const DOWNLOAD_KINDS: ReadonlyMap<string, DownloadKind> = new Map([
  ['default.mp4', 'default'],
  ['audio.m4a', 'audio'],
]);

/** Answers the playback host: `/{uid or token}/…`. @throws {StreamRefusal} */
export async function answerPlayback(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  account: StreamContext,
): Promise<void> {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, HEAD', 'Access-Control-Allow-Headers': '*' }).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new StreamRefusal(405, 0, 'Method not allowed.', { Allow: 'GET, HEAD, OPTIONS' });
  if (url.pathname === '/embed/sdk.latest.js') return answerText(request, response, 'text/javascript', EMBED_SCRIPT);
  const [, uidOrToken = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const viewer = await admitViewer(request, uidOrToken, account);
  const [area, file, ...beyond] = rest;
  if ((area === 'iframe' || area === 'watch') && file === undefined)
    return servePlayer(request, response, viewer, account);
  if (beyond.length > 0) throw notFound();
  if (area === 'manifest') return serveStream(request, response, viewer, file ?? '', account);
  if (area === 'thumbnails') return servePicture(request, response, viewer, file, url.searchParams, account);
  if (area === 'captions') return serveCaption(request, response, viewer, file ?? '', account);
  if (area === 'downloads') return serveDownload(request, response, viewer, file, url.searchParams, account);
  throw notFound();
}

function servePlayer(
  request: IncomingMessage,
  response: ServerResponse,
  { video }: AdmittedViewer,
  account: StreamContext,
): void {
  const captions = [...video.captions.values()].filter(({ readyAtMs }) => account.now() >= readyAtMs);
  answerText(request, response, 'text/html; charset=utf-8', playerPage(captions));
}

function serveCaption(
  request: IncomingMessage,
  response: ServerResponse,
  { video }: AdmittedViewer,
  file: string,
  account: StreamContext,
): void {
  const caption = video.captions.get(file.replace(/\.vtt$/, ''));
  if (caption === undefined || account.now() < caption.readyAtMs) throw notFound();
  answerText(request, response, 'text/vtt; charset=utf-8', caption.text);
}

function answerText(request: IncomingMessage, response: ServerResponse, type: string, text: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function serveStream(
  request: IncomingMessage,
  response: ServerResponse,
  { video }: AdmittedViewer,
  file: string,
  account: StreamContext,
): Promise<void> {
  // For browsers without HLS; only the player page requests it.
  if (file === 'whole.mp4') return serveFile(request, response, await account.renditions.download(video, 'default'));
  if (!/^[\w-]+\.(?:m3u8|mpd|m4s|mp4)$/.test(file)) throw notFound();
  await serveFile(request, response, join(await account.renditions.streams(video), file));
}

async function servePicture(
  request: IncomingMessage,
  response: ServerResponse,
  { video }: AdmittedViewer,
  file: string | undefined,
  query: URLSearchParams,
  account: StreamContext,
): Promise<void> {
  if (file !== 'thumbnail.jpg' && file !== 'thumbnail.gif') throw notFound();
  const make = file === 'thumbnail.jpg' ? still : animation;
  const picture: Picture = await make(video, query, account);
  if ('path' in picture) return serveFile(request, response, picture.path);
  response.writeHead(200, { 'Content-Type': picture.type, 'Content-Length': picture.bytes.length });
  response.end(request.method === 'HEAD' ? undefined : picture.bytes);
}

async function serveDownload(
  request: IncomingMessage,
  response: ServerResponse,
  { video, claims }: AdmittedViewer,
  file: string | undefined,
  query: URLSearchParams,
  account: StreamContext,
): Promise<void> {
  const kind = DOWNLOAD_KINDS.get(file ?? '');
  if (kind === undefined) throw notFound();
  if (video.settings.requireSignedURLs && claims?.isDownloadable !== true) throw unauthorized('not downloadable');
  if (downloadState(video, kind, account.description.times, account.now())?.status !== 'ready') throw notFound();
  const name = query.get('filename') ?? video.uid;
  if (!/^[\w-]{1,120}$/.test(name)) throw badRequest('filename is up to 120 characters of A-Z, a-z, 0-9, - and _.');
  const path = await account.renditions.download(video, kind);
  response.setHeader('Content-Disposition', `attachment; filename="${name}${kind === 'default' ? '.mp4' : '.m4a'}"`);
  await serveFile(request, response, path);
}
