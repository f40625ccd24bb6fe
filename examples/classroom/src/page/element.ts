/** Properties of an element, in addition to its children. */
export interface ElementSettings {
  readonly class?: string | undefined;
  readonly id?: string | undefined;
  readonly testId?: string | undefined;
  /** All other attributes, by their names in HTML. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly onClick?: (() => void) | undefined;
}

/** Creates an element with its children; strings become text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  settings: ElementSettings | string = {},
  ...children: readonly (Node | string | undefined)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  const {
    id,
    testId,
    attributes = {},
    onClick,
    ...rest
  } = typeof settings === 'string' ? { class: settings } : settings;
  if (rest.class !== undefined) made.className = rest.class;
  if (id !== undefined) made.id = id;
  if (testId !== undefined) made.dataset['testid'] = testId;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (onClick !== undefined) made.addEventListener('click', onClick);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button that does something on this page. */
export function button(label: string, settings: ElementSettings, onClick: () => void): HTMLButtonElement {
  const attributes = { type: 'button', ...settings.attributes };
  return element('button', { ...settings, attributes, onClick }, label);
}

/** The heading of a page: it gets the focus when the page changes, so that a screen reader reads it. */
export function heading(text: string): HTMLHeadingElement {
  return element('h1', { id: 'heading', testId: 'heading', attributes: { tabindex: '-1' } }, text);
}

/** The element of an id in `index.html`. @throws {Error} when the page has none: a bug */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}
