import { VideoStorageUploaderElement } from './video-storage-uploader-element.ts';

/**
 * Defines `<video-storage-uploader>`; importing `@videostorage/uploader/element` calls it. Does nothing when the
 * element is already defined, or on a server that renders the page.
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
