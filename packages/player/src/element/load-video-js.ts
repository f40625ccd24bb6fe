import type videojs from 'video.js';
import { loadOnce } from './load-once.ts';

/** Video.js, as far as it is used here. */
export type VideoJs = typeof videojs;

/**
 * Loads Video.js when the first video needs it. It adds no style element to the page: only its engine is used, the controls
 * are the browser's own.
 */
export const loadVideoJs: () => Promise<VideoJs> = loadOnce(async () => {
  Object.assign(globalThis, { VIDEOJS_NO_DYNAMIC_STYLE: true });
  const { default: videoJs } = await import('video.js');
  return videoJs;
});
