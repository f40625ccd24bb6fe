import type { VideoRecord } from './video-record.ts';

/**
 * What the host app wants to do after a transition was stored. A hook is called at least once, even after a crash, each
 * time with the same `record.id` and `record.statusVersion`: store that pair with your work, and skip a pair that you
 * have seen. When a hook throws, or has not ended after 4 minutes, this is logged, the sweep calls the hook again, and
 * a webhook is answered in such a way that its sender tries again. The answers of other calls wait at most 10 seconds
 * for a hook. A video that is deleted before its first hook succeeded is only reported as deleted.
 */
export interface ServiceHooks {
  /** The video can be played. */
  readonly onVideoReady?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** The upload was refused, or the provider could not process the video; `errorCode` says why. */
  readonly onVideoFailed?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** The video is gone at the storage and at the edge. Not called for an upload that was never confirmed. */
  readonly onVideoDeleted?: ((record: VideoRecord) => Promise<void>) | undefined;
}
