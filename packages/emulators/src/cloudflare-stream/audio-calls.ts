import { rm } from 'node:fs/promises';
import type { AudioTrack } from './audio-tracks.ts';
import { MAX_BASIC_BYTES } from './basic-uploads.ts';
import { answerDeletion, answerResult } from './envelope.ts';
import { receiveFormFile } from './form-file.ts';
import { readJsonObject } from './json-body.ts';
import { newUid } from './mint-calls.ts';
import type { StreamCall } from './stream-context.ts';
import { StreamRefusal } from './stream-refusal.ts';
import { videoOf } from './video-calls.ts';

/** `GET /stream/{uid}/audio` */
export function listAudioTracks(call: StreamCall): void {
  const tracks = videoOf(call).audioTracks.list();
  answerResult(call.response, { audio: tracks.map((track) => describe(track, call.nowMs)) });
}

/** `POST /stream/{uid}/audio/copy`: from a URL, which is taken at its word. */
export async function copyAudioTrack(call: StreamCall): Promise<void> {
  const { url, label } = (await readJsonObject(call.request)) as { readonly url?: unknown; readonly label?: unknown };
  const isUrl = typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isUrl) throw new StreamRefusal(400, 10010, 'Invalid URL.');
  addTrack(call, label);
}

/** `POST /stream/{uid}/audio`: a form with a file and a label. */
export async function uploadAudioTrack(call: StreamCall): Promise<void> {
  videoOf(call);
  const { path, fields } = await receiveFormFile(call.request, call.account.folder, MAX_BASIC_BYTES);
  await rm(path, { force: true });
  addTrack(call, fields['label']);
}

/** `PATCH /stream/{uid}/audio/{track}` */
export async function editAudioTrack(call: StreamCall): Promise<void> {
  const changes = await readJsonObject(call.request);
  answerResult(call.response, describe(videoOf(call).audioTracks.edit(call.params[1] ?? '', changes), call.nowMs));
}

/** `DELETE /stream/{uid}/audio/{track}`: never the default one. */
export function deleteAudioTrack(call: StreamCall): void {
  videoOf(call).audioTracks.delete(call.params[1] ?? '');
  answerDeletion(call.response, call.account.deletionAnswer);
}

function addTrack(call: StreamCall, label: unknown): void {
  const { completingMs = 2000 } = call.account.description.times;
  const track = videoOf(call).audioTracks.add(newUid(), label, call.nowMs + completingMs);
  answerResult(call.response, describe(track, call.nowMs));
}

function describe({ uid, label, isDefault, readyAtMs }: AudioTrack, nowMs: number): object {
  return { uid, label, default: isDefault, status: nowMs >= readyAtMs ? 'ready' : 'queued' };
}
