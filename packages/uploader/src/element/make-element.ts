/** What an element is made with: DOM properties and attributes alone, so that no text of a user is ever read as markup. */
export interface ElementParts {
  /** The name that a page styles it by: `::part(name)`. */
  readonly part?: string;
  /** Its text. */
  readonly text?: string;
  /** Attributes by name. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What stands in it. */
  readonly children?: readonly Node[];
}

/** Makes an element by DOM calls. */
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
