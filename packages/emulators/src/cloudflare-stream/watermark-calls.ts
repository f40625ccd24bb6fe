import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchCopySource } from './copy-source.ts';
import { answerResult } from './envelope.ts';
import { receiveFormFile } from './form-file.ts';
import { readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest, StreamRefusal } from './stream-refusal.ts';
import { newUid } from './upload-calls.ts';
import { timestamp } from './video-object.ts';

const MAX_IMAGE_BYTES = 2_000_000;
const FETCH_TIMEOUT_MS = 30_000;

/** `POST /stream/watermarks`: a form with a PNG, or a URL of one. */
export async function createWatermark(call: StreamCall): Promise<void> {
  const { account, nowMs, request } = call;
  const isForm = /^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '');
  const { path, asked, from } = isForm ? await fromForm(call) : await fromUrl(call);
  const image = await readFile(path);
  await rm(path, { force: true });
  answerResult(call.response, account.watermarks.add(newUid(), image, asked, timestamp(nowMs), from));
}

interface WatermarkSource {
  readonly path: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly from: string | null;
}

async function fromForm(call: StreamCall): Promise<WatermarkSource> {
  const { path, fields } = await receiveFormFile(call.request, call.account.folder, MAX_IMAGE_BYTES);
  return { path, asked: fields, from: null };
}

async function fromUrl(call: StreamCall): Promise<WatermarkSource> {
  const asked = await readJsonObject(call.request);
  const url = asked['url'];
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) throw new StreamRefusal(400, 10010, 'Invalid URL.');
  const path = join(call.account.folder, randomUUID());
  try {
    await fetchCopySource(url, path, MAX_IMAGE_BYTES, AbortSignal.timeout(FETCH_TIMEOUT_MS));
  } catch (error) {
    throw badRequest(`the watermark could not be fetched: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { path, asked, from: url };
}
