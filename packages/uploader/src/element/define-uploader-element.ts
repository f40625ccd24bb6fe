import { VideoStorageUploaderElement } from './video-storage-uploader-element.ts';

/**
 * Defines `<video-storage-uploader>`; importing `@videostorage/uploader/element` does it. Called again, or where there is no
 * document (on a server that renders the page), it does nothing.
 */
export function defineUploaderElement(): void {
  const registry = globalThis.customElements;
  if (registry === undefined || registry.get('video-storage-uploader') !== undefined) return;
  registry.define('video-storage-uploader', VideoStorageUploaderElement);
}

declare global {
  interface HTMLElementTagNameMap {
    'video-storage-uploader': VideoStorageUploaderElement;
  }
}
