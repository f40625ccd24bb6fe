/**
 * Makes a change to the list without losing the keyboard's place: when what had the focus goes away, it goes to the first
 * button of the same file, or to the file itself where that button would cancel it: a key that is pressed a moment too late must
 * not. Of a file that goes away it goes to the one after it or before it, and at last to `fallback`.
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
  return first === undefined || first.matches('[part~=cancel]') ? row : first;
}

function isShown(element: HTMLElement): boolean {
  return element.isConnected && element.closest('[hidden], :disabled') === null;
}
