export type { MediaHint, UploadFile, UploadHandle, UploadPhase, UploadProgress } from './upload-handle.ts';
export type { TransportOptions, UploadTransport } from './upload-transport.ts';
export type { ResumableUpload, Uploader, UploadOptions } from './uploader.ts';
export type { UploaderOptions, UploadMemoryStorage } from './uploader-options.ts';
