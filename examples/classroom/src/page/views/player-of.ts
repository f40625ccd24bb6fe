import type { VideoStoragePlayerElement } from '@videostorage/player/element';
import { element } from '../element.ts';
import type { Page } from '../view.ts';

/** The player of one video; it asks for its grants by itself, and renews them. Nothing is asked before somebody presses play. */
export function playerOf(page: Page, videoId: string): VideoStoragePlayerElement {
  const { embedScriptUrl } = page.session;
  const player = element('video-storage-player', {
    testId: 'player',
    attributes: { 'video-id': videoId, preload: 'none', poster: `/api/posters/${videoId}` },
  });
  if (embedScriptUrl !== undefined) player.setAttribute('embed-script-url', embedScriptUrl);
  return player;
}
