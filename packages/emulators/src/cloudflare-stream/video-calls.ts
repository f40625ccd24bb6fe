import { answerDeletion, answerResult } from './envelope.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';
import { describeVideo } from './video-object.ts';
import { readSettings } from './video-settings.ts';

/** `GET /stream/{uid}` */
export function getVideo(call: StreamCall): void {
  answerResult(call.response, describeVideo(videoOf(call), call.account.description, call.nowMs));
}

/** `POST /stream/{uid}`: members that the body names are replaced as a whole. */
export async function editVideo(call: StreamCall): Promise<void> {
  const { account, nowMs } = call;
  const body = await readJsonObject(call.request);
  const video = videoOf(call);
  if (body['uid'] !== undefined && body['uid'] !== video.uid) throw badRequest('uid does not match the path.');
  if (video.arrived !== undefined && (body['maxDurationSeconds'] !== undefined || body['uploadExpiry'] !== undefined))
    throw badRequest('maxDurationSeconds and uploadExpiry cannot change after the upload.');
  const changes = readSettings(body, video.arrived?.atMs ?? video.createdAtMs, 'edit');
  video.settings = { ...video.settings, ...changes };
  video.modifiedAtMs = nowMs;
  answerResult(call.response, describeVideo(video, account.description, nowMs));
}

/** `DELETE /stream/{uid}` */
export async function deleteVideo(call: StreamCall): Promise<void> {
  await call.account.library.delete(uidOf(call), call.nowMs);
  await call.account.renditions.remove(uidOf(call));
  await call.account.tusUploads.remove(uidOf(call));
  answerDeletion(call.response, call.account.deletionAnswer);
}

/** `GET /stream/storage-usage` */
export function storageUsage(call: StreamCall): void {
  const { account, nowMs, query } = call;
  const creator = query.get('creator') ?? undefined;
  const videos = account.library
    .list(nowMs)
    .filter((video) => creator === undefined || video.settings.creator === creator);
  answerResult(call.response, {
    ...(creator !== undefined && { creator }),
    totalStorageMinutes: account.library.usedMinutes(nowMs, creator),
    totalStorageMinutesLimit: account.library.limits.storageMinutes,
    videoCount: videos.length,
  });
}

/** The video that the path names. @throws {StreamRefusal} when there is none */
export function videoOf(call: StreamCall): EmulatedVideo {
  return call.account.library.get(uidOf(call), call.nowMs);
}

function uidOf(call: StreamCall): string {
  return call.params[0] ?? '';
}
