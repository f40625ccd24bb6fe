export { type Container, containerOfType } from './container.ts';
export { blobReader, type RangeReader } from './range-reader.ts';
export { type ReadVideoFileOptions, readVideoFile } from './read-video-file.ts';
export { videoFailure } from './video-failure.ts';
export type { NotVideoFile, NotVideoReason, ReadCost, VideoFile, VideoFileFacts } from './video-file-facts.ts';
