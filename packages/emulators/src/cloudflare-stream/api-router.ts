import { deleteCaption, generateCaption, getCaptionFile, getCaptions, putCaption } from './caption-calls.ts';
import { copyFromUrl } from './copy-calls.ts';
import { createDownload, deleteDownload, getDownloads } from './download-calls.ts';
import { createKey, createToken, deleteKey, listKeys } from './key-calls.ts';
import type { StreamCall } from './stream-context.ts';
import { noRoute, StreamRefusal } from './stream-refusal.ts';
import { createDirectUpload, createUpload } from './upload-calls.ts';
import { deleteVideo, editVideo, getVideo, storageUsage } from './video-calls.ts';
import { listVideos } from './video-list.ts';
import { createWatermark } from './watermark-calls.ts';
import { deleteWebhook, getWebhook, setWebhook } from './webhook-calls.ts';

type Handler = (call: StreamCall) => void | Promise<void>;

/** Paths below `/stream`; `:` stands for one segment. Fixed names come before those with `:`. */
const ROUTES: readonly (readonly [string, Readonly<Record<string, Handler>>])[] = [
  ['', { GET: listVideos, POST: createUpload }],
  ['/direct_upload', { POST: createDirectUpload }],
  ['/storage-usage', { GET: storageUsage }],
  ['/copy', { POST: copyFromUrl }],
  ['/watermarks', { POST: createWatermark }],
  ['/webhook', { GET: getWebhook, PUT: setWebhook, DELETE: deleteWebhook }],
  ['/keys', { GET: listKeys, POST: createKey }],
  ['/keys/:', { DELETE: deleteKey }],
  ['/:/captions', { GET: getCaptions }],
  ['/:/captions/:', { GET: getCaptions, PUT: putCaption, DELETE: deleteCaption }],
  ['/:/captions/:/vtt', { GET: getCaptionFile }],
  ['/:/captions/:/generate', { POST: generateCaption }],
  ['/:/token', { POST: createToken }],
  ['/:/downloads', { GET: getDownloads, POST: createDownload, DELETE: deleteDownload }],
  ['/:/downloads/:', { POST: createDownload, DELETE: deleteDownload }],
  ['/:', { GET: getVideo, POST: editVideo, DELETE: deleteVideo }],
];

/** Calls of the service that are not emulated: live inputs, single watermarks, audio tracks, clips, the embed code. */
const NOT_EMULATED = /^\/(?:live_inputs(?:\/|$)|watermarks\/|clip$|[^/]+\/(?:audio(?:\/|$)|embed$))/;

/** Runs the call that path and method name. @throws {StreamRefusal} 501 for a call that is not emulated */
export async function routeApiCall(path: string, call: Omit<StreamCall, 'params'>): Promise<void> {
  if (NOT_EMULATED.test(path)) throw new StreamRefusal(501, 10000, 'This call is not emulated.');
  for (const [pattern, handlers] of ROUTES) {
    const params = match(pattern, path);
    if (params === undefined) continue;
    const handler = handlers[call.request.method ?? ''];
    if (handler === undefined)
      throw new StreamRefusal(405, 10405, 'Method not allowed.', { Allow: Object.keys(handlers).join(', ') });
    await handler({ ...call, params });
    return;
  }
  throw noRoute(call.account.routerCode);
}

function match(pattern: string, path: string): readonly string[] | undefined {
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  if (wanted.length !== given.length) return undefined;
  const fits = wanted.every((segment, index) => segment === ':' || segment === given[index]);
  return fits ? given.filter((_segment, index) => wanted[index] === ':').map(decodeURIComponent) : undefined;
}
