import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchCopySource } from './copy-source.ts';
import { answerResult } from './envelope.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall, StreamContext } from './stream-context.ts';
import { StreamRefusal } from './stream-refusal.ts';
import { MAX_UPLOAD_BYTES } from './tus-uploads.ts';
import { newUid, refuseUnknownWatermark } from './upload-calls.ts';
import type { EmulatedVideo, VideoSettings } from './video.ts';
import { describeVideo } from './video-object.ts';
import { creatorOf, DEFAULT_SETTINGS, readSettings } from './video-settings.ts';

/** `POST /stream/copy`: answers at once, fetches afterwards. */
export async function copyFromUrl(call: StreamCall): Promise<void> {
  const { account, nowMs } = call;
  const body = await readJsonObject(call.request);
  const source = sourceOf(body);
  const asked = readSettings(body, nowMs, 'copy');
  const creator = call.request.headers['upload-creator'];
  const name = typeof body['name'] === 'string' ? { name: body['name'] } : {};
  const settings: VideoSettings = {
    ...DEFAULT_SETTINGS,
    ...(typeof creator === 'string' && { creator: creatorOf(creator) }),
    ...asked,
    meta: { ...name, ...asked.meta, 'downloaded-from': source },
    uploadExpiryMs: null,
  };
  refuseUnknownWatermark(call, settings);
  const video = account.library.add(newUid(), settings, nowMs);
  video.isCopying = true;
  account.encoder.run((signal) => fetchInto(video, source, account, signal));
  answerResult(call.response, describeVideo(video, account.description, nowMs));
}

/** The URL of the file: `input`, or `url` as it was called before. @throws {StreamRefusal} 400 / 10010 */
function sourceOf(body: Readonly<Record<string, unknown>>): string {
  const source = body['input'] ?? body['url'];
  const isUrl = typeof source === 'string' && URL.canParse(source) && /^https?:$/.test(new URL(source).protocol);
  if (!isUrl) throw new StreamRefusal(400, 10010, 'Invalid URL.');
  return source;
}

async function fetchInto(
  video: EmulatedVideo,
  source: string,
  account: StreamContext,
  signal: AbortSignal,
): Promise<void> {
  const path = join(account.folder, randomUUID());
  let sizeBytes: number;
  try {
    sizeBytes = await fetchCopySource(source, path, MAX_UPLOAD_BYTES, signal);
  } catch (error) {
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    account.encoder.takeFailure(video, 'ERR_FETCH_ORIGIN_ERROR', `The video could not be downloaded: ${reason}`);
    return;
  }
  if (!(await account.encoder.take(video, path, sizeBytes, true))) await rm(path, { force: true });
}
