import { type DownloadKind, downloadState } from './download-state.ts';
import { answerDeletion, answerResult } from './envelope.ts';
import { progressOf } from './processing.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest, notFound } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';
import { videoOf } from './video-calls.ts';

const FILES: Readonly<Record<DownloadKind, string>> = { default: 'default.mp4', audio: 'audio.m4a' };

/** `POST /stream/{uid}/downloads[/{default|audio}]`: only for ready videos. */
export function createDownload(call: StreamCall): void {
  const video = videoOf(call);
  const kind = kindOf(call);
  const progress = progressOf(video, call.account.description.times, call.nowMs);
  if (progress.state !== 'ready') throw badRequest('the video is not ready.');
  if (!video.downloads.has(kind)) video.downloads.set(kind, call.nowMs);
  answerDownloads(call, video);
}

/** `GET /stream/{uid}/downloads` */
export function getDownloads(call: StreamCall): void {
  answerDownloads(call, videoOf(call));
}

/** `DELETE /stream/{uid}/downloads[/{default|audio}]` */
export function deleteDownload(call: StreamCall): void {
  if (!videoOf(call).downloads.delete(kindOf(call))) throw notFound();
  answerDeletion(call.response, call.account.deletionAnswer);
}

function answerDownloads(call: StreamCall, video: EmulatedVideo): void {
  const { description } = call.account;
  const entries = (['default', 'audio'] as const).flatMap((kind) => {
    const state = downloadState(video, kind, description.times, call.nowMs);
    const url = `${description.playbackOrigin}/${video.uid}/downloads/${FILES[kind]}`;
    return state === undefined ? [] : [[kind, { ...state, url }] as const];
  });
  answerResult(call.response, Object.fromEntries(entries));
}

function kindOf(call: StreamCall): DownloadKind {
  const kind = call.params[1] ?? 'default';
  if (kind !== 'default' && kind !== 'audio') throw notFound();
  return kind;
}
