import type { VideoRecord } from './video-record.ts';

/**
 * Functions of the host app that are called after a change of a video's status was stored. A hook is called at least
 * once, even after a crash, each time with the same `record.id` and `record.statusVersion`: store that pair with your
 * work, and skip a pair that you have seen. When a hook throws, or has not ended after 4 minutes, the failure is logged,
 * the sweep calls the hook again, and if a webhook caused the change, its sender gets an error, so that it tries again.
 * Other calls wait at most 10 seconds for a hook. For a video that is deleted before its hook has succeeded, only
 * `onVideoDeleted` is still called.
 */
export interface ServiceHooks {
  /** The video can be played. */
  readonly onVideoReady?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** The upload was refused, or the provider could not process the video; `errorCode` says why. */
  readonly onVideoFailed?: ((record: VideoRecord) => Promise<void>) | undefined;
  /** The video is gone at the storage and at the edge. Not called for an upload that was never confirmed. */
  readonly onVideoDeleted?: ((record: VideoRecord) => Promise<void>) | undefined;
}
