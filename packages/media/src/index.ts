export { type Container, containerOfType } from './container.ts';
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
export { blobReader, type RangeReader } from './range-reader.ts';
export { type ReadVideoFileOptions, readVideoFile } from './read-video-file.ts';
export { videoFailure } from './video-failure.ts';
export type { NotVideoFile, NotVideoReason, ReadCost, VideoFile, VideoFileFacts } from './video-file-facts.ts';
