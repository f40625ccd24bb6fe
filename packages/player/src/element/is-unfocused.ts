/** Whether the keyboard is nowhere else in the page. */
export function isUnfocused(element: Element): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement === element;
}
