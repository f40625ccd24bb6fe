import type { Screen } from './screen.ts';

/** Whether the screen fills the display or stands in a window of its own, out of which another screen would fall. */
export function isEnlarged({ element, focusTarget }: Pick<Screen, 'element' | 'focusTarget'>): boolean {
  const root = element.getRootNode();
  if (!(root instanceof ShadowRoot)) return false;
  const { fullscreenElement, pictureInPictureElement } = root;
  return [fullscreenElement, pictureInPictureElement].some(
    (each) => each && (each === element || each === focusTarget),
  );
}
