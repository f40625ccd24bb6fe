import type { Screen } from './screen.ts';

/**
 * Members of a video in browsers where it can leave the page. On iPhones the full screen is the system's own, of which the
 * document knows nothing:
 * https://developer.apple.com/documentation/webkitjs/htmlvideoelement/1631913-webkitpresentationmode. A video on a
 * television: https://w3c.github.io/remote-playback/
 */
interface LeavingVideo {
  readonly webkitPresentationMode?: string;
  readonly remote?: { readonly state: string };
}

/**
 * Whether the screen is in full screen, in a separate window or on another device: replacing it by another screen would end
 * that.
 */
export function isEnlarged({ element, focusTarget }: Pick<Screen, 'element' | 'focusTarget'>): boolean {
  const { webkitPresentationMode = 'inline', remote }: HTMLElement & LeavingVideo = focusTarget;
  if (webkitPresentationMode !== 'inline' || (remote !== undefined && remote.state !== 'disconnected')) return true;
  const root = element.getRootNode();
  if (!(root instanceof ShadowRoot)) return false;
  const { fullscreenElement, pictureInPictureElement } = root;
  return [fullscreenElement, pictureInPictureElement].some(
    (each) => each && (each === element || each === focusTarget),
  );
}
