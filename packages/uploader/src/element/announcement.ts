import type { UploadHandle } from '../upload-handle.ts';
import { fileWords } from './progress-words.ts';
import type { UploadChange } from './upload-watch.ts';
import type { UploaderTexts } from './uploader-texts.ts';

/** The text that announces a change to screen readers; empty when there is none. */
export function announcement(
  change: UploadChange,
  texts: UploaderTexts,
  failureOf: (handle: UploadHandle) => string,
): string {
  const { handle } = change;
  const words = fileWords(handle.file);
  if (change.kind === 'quarter') return texts.announceProgress({ ...words, percent: change.percent });
  if (!change.isAnnounced) return '';
  const { phase } = handle;
  return phase === 'failed' ? failureOf(handle) : texts.announcePhase({ ...words, phase: texts.phases[phase] });
}
