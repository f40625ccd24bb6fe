import type { VideoFailure } from '@videostorage/core';
import type { NotVideoFile, NotVideoReason } from './video-file-facts.ts';

const CODES: Readonly<Record<NotVideoReason, VideoFailure['code']>> = {
  'unknown-container': 'NOT_A_VIDEO',
  'unsupported-container': 'TYPE_MISMATCH',
  'no-video-track': 'NOT_A_VIDEO',
  malformed: 'MALFORMED',
  'too-complex': 'MALFORMED',
  'too-much-to-read': 'MALFORMED',
  'too-slow': 'UNKNOWN',
};

/** Why a file that is no video fails, in the words that all storages use. */
export function videoFailure(facts: NotVideoFile): VideoFailure {
  return { code: CODES[facts.reason], message: facts.message };
}
