import { VideoStoragePlayerElement } from './video-storage-player-element.ts';

/**
 * Defines `<video-storage-player>`, as importing `@videostorage/player/element` does. Does nothing when it is defined already, and
 * on a server that renders the page.
 */
export function definePlayerElement(): void {
  const registry = globalThis.customElements;
  if (registry === undefined || registry.get('video-storage-player') !== undefined) return;
  registry.define('video-storage-player', VideoStoragePlayerElement);
}

declare global {
  interface HTMLElementTagNameMap {
    'video-storage-player': VideoStoragePlayerElement;
  }
}
