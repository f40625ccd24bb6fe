import { VideoStoragePlayerElement } from './video-storage-player-element.ts';

/**
 * Defines `<video-storage-player>`; importing `@videostorage/player/element` does it. Called again, or where there is no document (on a server that renders the page), it does
 * nothing.
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
