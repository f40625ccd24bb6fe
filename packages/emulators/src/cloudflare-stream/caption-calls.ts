import { readFile, rm } from 'node:fs/promises';
import { type Caption, isLanguageTag, languageName } from './captions.ts';
import { answerDeletion, answerResult } from './envelope.ts';
import { receiveFormFile } from './form-file.ts';
import { progressOf } from './processing.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest, notFound } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';
import { videoOf } from './video-calls.ts';

const MAX_CAPTION_BYTES = 10_000_000;
const GENERATED_LANGUAGES = ['cs', 'nl', 'en', 'fr', 'de', 'it', 'ja', 'ko', 'pl', 'pt', 'ru', 'es'];

/** `GET /stream/{uid}/captions` and `…/{language}` */
export function getCaptions(call: StreamCall): void {
  const { captions } = videoOf(call);
  if (call.params[1] === undefined)
    answerResult(
      call.response,
      [...captions.values()].map((caption) => describe(caption, call.nowMs)),
    );
  else answerResult(call.response, describe(captionOf(call), call.nowMs));
}

/** `PUT /stream/{uid}/captions/{language}`: a form with a WebVTT file; replaces earlier captions. */
export async function putCaption(call: StreamCall): Promise<void> {
  const language = languageOf(call);
  const file = await receiveFormFile(call.request, call.account.folder, MAX_CAPTION_BYTES);
  const text = await readFile(file.path, 'utf8');
  await rm(file.path, { force: true });
  if (!/^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/.test(text)) throw badRequest('the file is not WebVTT.');
  const label = languageName(language);
  answerCaption(call, videoOf(call), { language, label, isGenerated: false, readyAtMs: call.nowMs, text });
}

/** `POST /stream/{uid}/captions/{language}/generate` */
export function generateCaption(call: StreamCall): void {
  const video = videoOf(call);
  const language = languageOf(call);
  const { times } = call.account.description;
  if (!GENERATED_LANGUAGES.includes(language)) throw badRequest(`captions in ${language} cannot be generated.`);
  if (progressOf(video, times, call.nowMs).state !== 'ready') throw badRequest('the video is not ready.');
  if (video.captions.has(language)) throw badRequest('the video has captions in this language.');
  answerCaption(call, video, {
    language,
    label: `${languageName(language)} (auto-generated)`,
    isGenerated: true,
    readyAtMs: call.nowMs + (times.completingMs ?? 2000),
    text: 'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n[Music]\n',
  });
}

/** `GET /stream/{uid}/captions/{language}/vtt` */
export function getCaptionFile(call: StreamCall): void {
  const caption = captionOf(call);
  if (call.nowMs < caption.readyAtMs) throw notFound();
  call.response.writeHead(200, { 'Content-Type': 'text/vtt' }).end(caption.text);
}

/** `DELETE /stream/{uid}/captions/{language}` */
export function deleteCaption(call: StreamCall): void {
  const { language } = captionOf(call);
  videoOf(call).captions.delete(language);
  answerDeletion(call.response, call.account.deletionAnswer);
}

function answerCaption(call: StreamCall, video: EmulatedVideo, caption: Caption): void {
  video.captions.set(caption.language, caption);
  answerResult(call.response, describe(caption, call.nowMs));
}

function describe({ language, label, isGenerated, readyAtMs }: Caption, nowMs: number): object {
  return { language, label, generated: isGenerated, status: nowMs >= readyAtMs ? 'ready' : 'inprogress' };
}

function captionOf(call: StreamCall): Caption {
  const caption = videoOf(call).captions.get(languageOf(call));
  if (caption === undefined) throw notFound();
  return caption;
}

function languageOf(call: StreamCall): string {
  const language = call.params[1] ?? '';
  if (!isLanguageTag(language)) throw badRequest('the language must be a tag of BCP 47.');
  return language;
}
