import type { VideoRecord } from './video-record.ts';

/**
 * The host's own work after a transition is stored. Called at least once, also after a crash, each time with the same
 * `record.id` and `record.statusVersion`: do your work under that key. What a hook throws is logged, and the sweep calls it
 * again; a webhook is answered so that its sender tries again. A video that is deleted before its first hook succeeded is only
 * reported as deleted.
 */
export interface ServiceHooks {
  /** It can be played. */
  readonly onVideoReady?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** The upload was refused, or the provider could not process the video; `errorCode` says why. */
  readonly onVideoFailed?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** It is gone at the storage and at the edge. */
  readonly onVideoDeleted?: ((record: VideoRecord) => Promise<void>) | undefined;
}
