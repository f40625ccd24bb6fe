import {
  BackendError,
  ConfigurationError,
  checkOptions,
  type OptionSchemas,
  optional,
  optionOf,
} from '@videostorage/core';
import { CONTAINER_MIME_TYPES } from './probe-container.ts';
import type { ProbeOptions } from './probe-options.ts';
import type { ProbeCost, ProbeResult, UndeterminedReason } from './probe-result.ts';
import type { RangeReader } from './range-reader.ts';
import type { Finding } from './thread/finding.ts';
import { threadPool } from './thread-pool.ts';

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_COMPUTING_MS = 2000;
/** A timer with a longer time would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;
const aboveZero = optional(
  optionOf((value): value is number => typeof value === 'number' && value > 0, 'must be a number above 0'),
);
const OPTIONS = {
  ...{ timeoutMs: aboveZero, maxBytes: aboveZero, maxComputingMs: aboveZero },
  signal: optional(
    optionOf(
      (value): value is AbortSignal => typeof value === 'object' && value !== null && 'throwIfAborted' in value,
      'must be an AbortSignal',
    ),
  ),
} satisfies OptionSchemas<ProbeOptions>;
/** Why a probe ends at its deadline; distinguished from the caller's reasons by identity. */
const DEADLINE = Symbol('deadline');

/**
 * Finds out what a file is, from a few ranged reads, in a worker thread. Every content leads to an outcome, never to an
 * error: a video with its facts, proven not to be a video, or undetermined.
 * @throws the caller's abort and whatever the
 * reader throws, unchanged; {BackendError} the reader returned fewer or more bytes than requested; {ConfigurationError}
 * an option is unknown or invalid, or the thread cannot start
 */
export async function probeVideo(reader: RangeReader, options: ProbeOptions = {}): Promise<ProbeResult> {
  const checked = checkOptions('probeVideo', options, OPTIONS);
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES } = checked;
  const { maxComputingMs = DEFAULT_MAX_COMPUTING_MS } = checked;
  const { sizeBytes } = reader;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new ConfigurationError('`sizeBytes` of the reader must be the size of the file in bytes.');
  }
  signal?.throwIfAborted();

  const ending = new AbortController();
  const onAbort = () => ending.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => ending.abort(DEADLINE), Math.min(timeoutMs, MAX_TIMER_MS));
  const cost = { bytesRead: 0, reads: 0 };
  const read = async (start: number, end: number) => {
    if (cost.bytesRead + end - start > maxBytes) return undefined;
    cost.bytesRead += end - start;
    cost.reads += 1;
    const bytes = await reader.read(start, end, ending.signal);
    if (bytes.length === end - start) return bytes;
    throw new BackendError(
      'BACKEND_BAD_RESPONSE',
      `The reader returned ${bytes.length} bytes instead of ${end - start}.`,
    );
  };
  try {
    const computing = Math.min(maxComputingMs, MAX_TIMER_MS);
    return toResult(await threadPool.run({ sizeBytes, read, maxComputingMs: computing, signal: ending.signal }), cost);
  } catch (error) {
    if (error !== DEADLINE) throw error;
    return toResult({ outcome: 'undetermined', reason: 'timeout' }, cost);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // The result of a read that is still in progress is not needed any more.
    ending.abort();
  }
}

function toResult(finding: Finding, cost: ProbeCost): ProbeResult {
  switch (finding.outcome) {
    case 'video':
      return { ...finding, mimeType: CONTAINER_MIME_TYPES[finding.container], ...cost };
    case 'not-a-video':
      return { ...finding, ...cost };
    case 'undetermined':
      return { ...finding, message: MESSAGES[finding.reason], ...cost };
  }
}

const MESSAGES: Readonly<Record<UndeterminedReason, string>> = {
  timeout: 'The file could not be examined in time; try again.',
  'too-complex': 'The file is too complex to be examined.',
  'too-much-to-read': 'Too much of the file would have to be read to identify it.',
  unrecognised: 'The format of the file is not known.',
  unreadable: 'The file is damaged, or does not describe its picture.',
};
