/** Whether no other element of the page has the focus. */
export function isUnfocused(element: Element): boolean {
  const { activeElement, body } = document;
  const root = element.getRootNode();
  // Inside the shadow tree of another element, the document names that one.
  const own = root instanceof ShadowRoot ? root.activeElement : activeElement;
  return activeElement === null || activeElement === body || own === element;
}
