export { CONTAINER_MIME_TYPES, type ProbeContainer } from './probe-container.ts';
export type { ProbeOptions } from './probe-options.ts';
export type {
  ProbeCost,
  ProbedNotVideo,
  ProbedUndetermined,
  ProbedVideo,
  ProbeResult,
  UndeterminedReason,
} from './probe-result.ts';
export { probeVideo } from './probe-video.ts';
export type { RangeReader } from './range-reader.ts';
