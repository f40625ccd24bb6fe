import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { MAX_BASIC_BYTES } from './basic-uploads.ts';
import { answerResult } from './envelope.ts';
import { receiveFormFile } from './form-file.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest, notFound } from './stream-refusal.ts';
import { uploadLengthOf } from './tus-uploads.ts';
import { readUploadMetadata } from './upload-metadata.ts';
import type { VideoSettings } from './video.ts';
import { describeVideo, timestamp } from './video-object.ts';
import { creatorOf, DEFAULT_SETTINGS, readSettings } from './video-settings.ts';

/** Links expire after this when no `expiry` is given, as `uploadExpiry` of real videos shows. */
const DEFAULT_LINK_MS = 24 * 60 * 60 * 1000;

/** `POST /stream/direct_upload`: a one-time link for an upload in one request. */
export async function createDirectUpload(call: StreamCall): Promise<void> {
  const { account, nowMs, request } = call;
  const body = await readJsonObject(request);
  if (body['maxDurationSeconds'] === undefined) throw badRequest('maxDurationSeconds is required.');
  const settings = settingsOf(request, readSettings(body, nowMs, 'creation'), nowMs);
  refuseUnknownWatermark(call, settings);
  const video = account.library.add(newUid(), settings, nowMs);
  const watermark = settings.watermarkUid === null ? null : account.description.watermark(settings.watermarkUid);
  answerResult(call.response, {
    uploadURL: `${account.uploadOrigin}${account.basicUploads.link(video.uid)}`,
    uid: video.uid,
    ...(watermark !== null && { watermark }),
    ...(settings.scheduledDeletionMs !== null && { scheduledDeletion: timestamp(settings.scheduledDeletionMs) }),
  });
}

/** `POST /stream`: a tus upload, for a browser with `direct_user=true`; or, as a form, a file at once. */
export async function createUpload(call: StreamCall): Promise<void> {
  if (/^multipart\/form-data\s*;/i.test(call.request.headers['content-type'] ?? '')) return uploadAtOnce(call);
  const { account, nowMs, request, response } = call;
  const lengthBytes = uploadLengthOf(request);
  if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined)
    throw badRequest('the body must be empty.');
  const metadata = readUploadMetadata(String(request.headers['upload-metadata'] ?? ''), nowMs, account.metadataRules);
  const settings = settingsOf(request, metadata, nowMs);
  refuseUnknownWatermark(call, settings);
  const video = account.library.add(newUid(), settings, nowMs, lengthBytes);
  const id = await account.tusUploads.create(video.uid, lengthBytes);
  const isForBrowser = call.query.get('direct_user') === 'true';
  const base = isForBrowser
    ? `${account.uploadOrigin}/tus`
    : `${account.apiOrigin}/client/v4/accounts/${account.accountId}/media`;
  response
    .writeHead(201, {
      'Content-Length': 0,
      Location: `${base}/${id}?tusv2=true`,
      'stream-media-id': video.uid,
      'Tus-Resumable': '1.0.0',
    })
    .end();
}

/** 32 hexadecimal digits. */
export function newUid(): string {
  return randomBytes(16).toString('hex');
}

/** @throws {StreamRefusal} the watermark does not exist */
export function refuseUnknownWatermark(call: StreamCall, settings: Partial<VideoSettings>): void {
  const { watermarkUid } = settings;
  if (typeof watermarkUid === 'string' && call.account.description.watermark(watermarkUid) === null) throw notFound();
}

async function uploadAtOnce(call: StreamCall): Promise<void> {
  const { account, nowMs, request } = call;
  const file = await receiveFormFile(request, account.folder, MAX_BASIC_BYTES);
  try {
    const settings = { ...settingsOf(request, { meta: { name: file.fileName } }, nowMs), uploadExpiryMs: null };
    const video = account.library.add(newUid(), settings, nowMs);
    await account.encoder.take(video, file.path, file.sizeBytes);
    answerResult(call.response, describeVideo(video, account.description, nowMs));
  } catch (error) {
    await rm(file.path, { force: true });
    throw error;
  }
}

function settingsOf(request: IncomingMessage, asked: Partial<VideoSettings>, nowMs: number): VideoSettings {
  const creator = request.headers['upload-creator'];
  const settings = {
    ...DEFAULT_SETTINGS,
    uploadExpiryMs: nowMs + DEFAULT_LINK_MS,
    ...(typeof creator === 'string' && { creator: creatorOf(creator) }),
    ...asked,
  };
  if ((settings.uploadExpiryMs ?? Number.POSITIVE_INFINITY) <= nowMs)
    throw badRequest('expiry must lie in the future.');
  return settings;
}
