import { defineUploaderElement } from './define-uploader-element.ts';

export { defineUploaderElement } from './define-uploader-element.ts';
export { ENGLISH_TEXTS } from './english-texts.ts';
export type {
  FileRefusedDetail,
  UploadDetail,
  UploaderElementEventMap,
  UploadFailedDetail,
  UploadReadyDetail,
  UploadStartedDetail,
} from './uploader-element-events.ts';
export type {
  FailureWords,
  FileAction,
  FileWords,
  ProgressWords,
  UploaderTexts,
  UploaderTextsChange,
} from './uploader-texts.ts';
export { VideoStorageUploaderElement } from './video-storage-uploader-element.ts';

defineUploaderElement();
