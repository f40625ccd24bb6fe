/**
 * Changes the list and keeps the focus in it: when the focused button disappears, the first button of the same row gets the
 * focus, or the row itself when that button cancels or discards, which a key pressed a moment too late must not do. When the
 * row disappears, the one after it or before it gets the focus, and finally `fallback`.
 */
export function keepFocus(root: ShadowRoot, change: () => void, fallback: HTMLElement): void {
  const focused = root.activeElement;
  const row = focused?.closest('li');
  const near = [row, row?.nextElementSibling, row?.previousElementSibling];
  change();
  if (!(focused instanceof HTMLElement) || (isShown(focused) && root.activeElement === focused)) return;
  const found = near.find((candidate) => candidate?.isConnected);
  const target = isShown(focused) ? focused : found instanceof HTMLElement ? placeIn(found) : fallback;
  target.focus();
}

function placeIn(row: HTMLElement): HTMLElement {
  const first = [...row.querySelectorAll('button')].find(isShown);
  return first === undefined || first.matches('[part~=cancel],[part~=discard]') ? row : first;
}

function isShown(element: HTMLElement): boolean {
  return element.isConnected && element.closest('[hidden], :disabled') === null;
}
