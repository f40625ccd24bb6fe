import { sanitizeFileName } from '@videostorage/core';
import type { UploadHandle } from '../upload-handle.ts';
import type { FileWords, ProgressWords } from './uploader-texts.ts';

/** A file for display: its name is sanitized, without marks that change the writing direction. */
export function fileWords(file: { readonly name: string; readonly sizeBytes: number }): FileWords {
  return { fileName: sanitizeFileName(file.name), sizeBytes: file.sizeBytes };
}

/** The progress of an upload for display; percents are rounded down. */
export function progressWords({ file, progress, phase }: UploadHandle): ProgressWords {
  const { sentBytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const percent = totalBytes === 0 ? 0 : Math.floor((sentBytes / totalBytes) * 100);
  const isSending = phase === 'sending';
  return {
    ...fileWords(file),
    percent,
    sentBytes,
    bytesPerSecond: isSending ? bytesPerSecond : 0,
    ...(isSending && secondsLeft !== undefined && { secondsLeft }),
  };
}
