import type { EmulatedVideo, ProcessingError } from './video.ts';

/** Duration of each step of processing, measured by the emulator's clock. */
export interface ProcessingTimes {
  /** Fetching a copy from its URL. Default 1 000. */
  readonly downloadingMs?: number | undefined;
  /** Waiting for the encoder. Default 1 000. */
  readonly queuedMs?: number | undefined;
  /** Until the first rendition can be played: state `ready` at 39 %. Default 2 000. */
  readonly encodingMs?: number | undefined;
  /** From then until all renditions are encoded. Default 2 000. */
  readonly completingMs?: number | undefined;
}

/** State of a video at one time. */
export interface Progress {
  /** The state, as the service names it. */
  readonly state: 'pendingupload' | 'downloading' | 'queued' | 'inprogress' | 'ready' | 'error';
  /** A number as text, as the service writes it. Absent while nothing is encoded. */
  readonly pctComplete?: string;
  /** What the encoder does. */
  readonly step?: 'encoding';
  /** Set in state `error`. */
  readonly error?: ProcessingError;
  /** When the present state or step began. */
  readonly sinceMs: number;
}

const FIRST_RENDITION_PERCENT = 39;

/** When processing ends with success or error, in milliseconds since the epoch; undefined before the bytes are there. */
export function processedAtMs(video: EmulatedVideo, times: ProcessingTimes): number | undefined {
  const { arrived, finishedAtMs } = video;
  if (arrived === undefined) return undefined;
  const { downloadingMs = 1000, queuedMs = 1000, encodingMs = 2000 } = times;
  const regular = arrived.atMs + (arrived.isCopy ? downloadingMs : 0) + queuedMs + encodingMs;
  return Math.min(regular, finishedAtMs ?? Number.POSITIVE_INFINITY);
}

/** pendingupload → (downloading →) queued → inprogress → ready at 39 % → ready at 100 %, or error. */
export function progressOf(video: EmulatedVideo, times: ProcessingTimes, nowMs: number): Progress {
  const { arrived, finishedAtMs } = video;
  if (arrived === undefined)
    return { state: video.isCopying ? 'downloading' : 'pendingupload', sinceMs: video.createdAtMs };
  const { downloadingMs = 1000, queuedMs = 1000, encodingMs = 2000, completingMs = 2000 } = times;
  const processedMs = processedAtMs(video, times) ?? arrived.atMs;
  if (nowMs >= processedMs) {
    if (arrived.finding.kind === 'error')
      return { state: 'error', step: 'encoding', error: arrived.finding.error, sinceMs: processedMs };
    const completeMs = Math.min(processedMs + completingMs, finishedAtMs ?? Number.POSITIVE_INFINITY);
    if (nowMs >= completeMs) return { state: 'ready', pctComplete: percent(100), sinceMs: completeMs };
    return { state: 'ready', pctComplete: percent(FIRST_RENDITION_PERCENT), step: 'encoding', sinceMs: processedMs };
  }
  const queuedSinceMs = arrived.atMs + (arrived.isCopy ? downloadingMs : 0);
  if (nowMs < queuedSinceMs) return { state: 'downloading', sinceMs: arrived.atMs };
  const encodingSinceMs = queuedSinceMs + queuedMs;
  if (nowMs < encodingSinceMs) return { state: 'queued', pctComplete: percent(0), sinceMs: queuedSinceMs };
  const done = encodingMs === 0 ? 0 : (nowMs - encodingSinceMs) / encodingMs;
  return {
    state: 'inprogress',
    pctComplete: percent(done * FIRST_RENDITION_PERCENT),
    step: 'encoding',
    sinceMs: encodingSinceMs,
  };
}

function percent(value: number): string {
  return value.toFixed(6);
}
