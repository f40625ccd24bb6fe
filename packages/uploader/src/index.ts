export { createHttpTransport, type HttpTransportOptions } from './create-http-transport.ts';
export { createUploader } from './create-uploader.ts';
export type { MediaHint, UploadFile, UploadHandle, UploadPhase, UploadProgress } from './upload-handle.ts';
export type { TransportOptions, UploadTransport } from './upload-transport.ts';
export type { ResumableUpload, Uploader, UploadOptions } from './uploader.ts';
export type { UploaderOptions, UploadMemoryStorage } from './uploader-options.ts';
