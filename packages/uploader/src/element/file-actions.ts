import type { UploadHandle } from '../upload-handle.ts';
import { mayTryAgain } from './failure-sentence.ts';
import type { FileAction } from './uploader-texts.ts';

/**
 * The actions that an upload allows in its phase. Only waiting uploads can be moved; in a full list no failed one can be
 * tried again.
 */
export function fileActions(
  handle: UploadHandle,
  uploads: readonly UploadHandle[],
  isFull: boolean,
): ReadonlySet<FileAction> {
  switch (handle.phase) {
    case 'waiting': {
      const actions: FileAction[] = ['remove'];
      if (neighbour(handle, uploads, 'up') !== undefined) actions.push('up');
      if (neighbour(handle, uploads, 'down') !== undefined) actions.push('down');
      return new Set(actions);
    }
    case 'checking':
    case 'asking':
    case 'sending':
    case 'offline':
    case 'confirming': {
      const actions: FileAction[] = [handle.canAbort ? 'cancel' : 'remove'];
      if (handle.canPause) actions.push('pause');
      return new Set(actions);
    }
    case 'paused':
      return new Set(['resume', 'cancel']);
    case 'failed':
      return new Set(mayTryAgain(handle.error) && !isFull ? ['retry', 'remove'] : ['remove']);
    case 'processing':
    case 'ready':
    case 'aborted':
      return new Set(['remove']);
  }
}

/** The next waiting upload in that direction; undefined where there is none. */
export function neighbour(
  handle: UploadHandle,
  uploads: readonly UploadHandle[],
  direction: 'up' | 'down',
): UploadHandle | undefined {
  const waiting = uploads.filter(({ phase }) => phase === 'waiting');
  return waiting[waiting.indexOf(handle) + (direction === 'up' ? -1 : 1)];
}
