/** Only DOM properties and attributes, so that no text of a user is ever parsed as markup. */
export interface ElementParts {
  /** Its name for styling: `::part(name)`. */
  readonly part?: string;
  /** Its text content. */
  readonly text?: string;
  /** Attributes by name. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Its child nodes. */
  readonly children?: readonly Node[];
}

/** Makes an element by DOM calls only. */
export function makeElement<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { part, text, attributes = {}, children = [] }: ElementParts = {},
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (part !== undefined) element.setAttribute('part', part);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}
