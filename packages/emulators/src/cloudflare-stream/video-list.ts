import { answerResult } from './envelope.ts';
import { type ProcessingTimes, progressOf } from './processing.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest } from './stream-refusal.ts';
import type { EmulatedVideo } from './video.ts';
import { describeVideo } from './video-object.ts';
import { timeOf } from './video-settings.ts';

const MAX_LIMIT = 1000;

/** `GET /stream`: newest first unless `asc`; `end`, `before`: earlier than; `start`, `after`: not earlier than. No cursor. */
export function listVideos(call: StreamCall): void {
  const { account, query, nowMs } = call;
  const limitText = query.get('limit') ?? String(MAX_LIMIT);
  if (!/^\d+$/.test(limitText)) {
    // The service itself fails here.
    call.response.writeHead(500, { 'Content-Length': 0 }).end();
    return;
  }
  const limit = Number(limitText);
  if (limit > MAX_LIMIT) throw badRequest(`results are limited to ${MAX_LIMIT} entries per request`);
  const matches = filterOf(query, account.description.times, nowMs);
  const found = account.library.list(nowMs).filter(matches);
  if (query.get('asc') === 'true') found.reverse();
  const page = found.slice(0, limit);
  answerResult(
    call.response,
    page.map((video) => describeVideo(video, account.description, nowMs)),
    query.get('include_counts') === 'true' ? { total: String(found.length), range: String(page.length) } : {},
  );
}

function filterOf(query: URLSearchParams, times: ProcessingTimes, nowMs: number): (video: EmulatedVideo) => boolean {
  const beforeMs = timeParameter(query, 'end', 'before') ?? Number.POSITIVE_INFINITY;
  const fromMs = timeParameter(query, 'start', 'after') ?? Number.NEGATIVE_INFINITY;
  const states = listParameter(query, 'status');
  const ids = listParameter(query, 'id');
  const creator = query.get('creator');
  const name = query.get('video_name') ?? query.get('name');
  const search = query.get('search')?.toLowerCase();
  return (video) => {
    const videoName = String(video.settings.meta['name'] ?? '');
    return (
      video.createdAtMs < beforeMs &&
      video.createdAtMs >= fromMs &&
      (states === undefined || states.includes(progressOf(video, times, nowMs).state)) &&
      (ids === undefined || ids.includes(video.uid)) &&
      (creator === null || video.settings.creator === creator) &&
      (name === null || videoName === name) &&
      (search === undefined || videoName.toLowerCase().includes(search)) &&
      query.get('type') !== 'live' &&
      // Nothing was ever recorded from a live input.
      query.get('live_input_id') === null
    );
  };
}

function timeParameter(query: URLSearchParams, name: string, alias: string): number | undefined {
  const text = query.get(name) ?? query.get(alias);
  return text === null ? undefined : timeOf(name, text);
}

function listParameter(query: URLSearchParams, name: string): readonly string[] | undefined {
  const text = query.get(name);
  return text === null || text === '' ? undefined : text.split(',');
}
