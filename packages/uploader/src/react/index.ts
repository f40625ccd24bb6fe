'use client';

export type { UploaderSnapshot, UseUploaderOptions } from './uploader-store.ts';
export { useUploader } from './use-uploader.ts';
export {
  type UploaderElementProperties,
  type UploaderListener,
  VideoUploader,
  type VideoUploaderProps,
} from './video-uploader.ts';
