import type { VideoStoragePlayerElement } from '@videostorage/player/element';
import { element } from '../element.ts';
import type { Page } from '../view.ts';

/** The player of one video. It requests its grants and renews them by itself; nothing is requested before play is pressed. */
export function playerOf(page: Page, videoId: string): VideoStoragePlayerElement {
  const { embedScriptUrl } = page.session;
  const player = element('video-storage-player', {
    testId: 'player',
    attributes: { 'video-id': videoId, preload: 'none', poster: `/api/posters/${videoId}` },
  });
  if (embedScriptUrl !== undefined) player.setAttribute('embed-script-url', embedScriptUrl);
  return player;
}
