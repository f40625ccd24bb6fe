import { BlockReader, ReaderFailure, ReadLimitError } from './block-reader.ts';
import { NotVideoError } from './not-video-error.ts';
import type { VideoDescription } from './parser.ts';
import { blobReader, type RangeReader } from './range-reader.ts';
import { TooComplexError } from './too-complex-error.ts';
import type { NotVideoReason, ReadCost, VideoFileFacts } from './video-file-facts.ts';

const DEFAULT_MAX_BYTES_READ = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A timer that is set for longer fires at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Options of `readVideoFile`. */
export interface ReadVideoFileOptions {
  /** The caller's abort; its reason is rethrown untouched. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Most bytes that the reader is asked for. Default 32 MiB. Only a long recording without a duration in its header needs
   * more; with less, its `durationSeconds` is absent.
   */
  readonly maxBytesRead?: number | undefined;
  /** Most time, in milliseconds; `Infinity` for none. Default 10 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * What a file says of itself, learnt from a few small reads: an MP4 of any size takes one to three round trips.
 * Any content is answered, never thrown: random, truncated and hostile files are `isVideo: false` with a reason.
 * @throws the caller's abort, and whatever the reader throws, untouched
 */
export async function readVideoFile(
  source: Blob | RangeReader,
  options: ReadVideoFileOptions = {},
): Promise<VideoFileFacts> {
  const { signal, maxBytesRead = DEFAULT_MAX_BYTES_READ, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(new NotVideoError('too-slow')), Math.min(timeoutMs, MAX_TIMEOUT_MS));
  const reader = new BlockReader('read' in source ? source : blobReader(source), maxBytesRead, stop.signal);
  try {
    const description = await Promise.race([describeLazily(reader), rejectOnAbort(stop.signal)]);
    return { ...description, ...costOf(reader) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ReaderFailure) throw error.cause;
    const reason = reasonOf(error);
    return { isVideo: false, reason, message: MESSAGES[reason], ...costOf(reader) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // A parser that lost the race ends at its next read.
    stop.abort();
  }
}

/** The parser is loaded with the first file, so that importing this package costs next to nothing. */
async function describeLazily(reader: BlockReader): Promise<VideoDescription> {
  const { describeFile } = await import('./describe-file.ts');
  return describeFile(reader);
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function costOf(reader: BlockReader): ReadCost {
  return { bytesRead: reader.bytesRead, reads: reader.reads };
}

function reasonOf(error: unknown): NotVideoReason {
  if (error instanceof NotVideoError) return error.reason;
  if (error instanceof TooComplexError) return 'too-complex';
  if (error instanceof ReadLimitError) return 'too-much-to-read';
  throw error;
}

const MESSAGES: Readonly<Record<NotVideoReason, string>> = {
  'unknown-container': 'The file is not a video.',
  'unsupported-container': 'The file is in a video format that cannot be read here; please convert it to MP4.',
  'no-video-track': 'The file holds no picture.',
  malformed: 'The file is damaged or incomplete.',
  'too-complex': 'The file contradicts itself or announces more pictures than a video can have.',
  'too-much-to-read': 'The file does not say early enough what it is.',
  'too-slow': 'The file could not be read in time.',
};
