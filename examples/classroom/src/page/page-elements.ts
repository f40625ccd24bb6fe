/** The element of an id. @throws {Error} when the page has none: a bug */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element;
}

/** Shows or hides the element of an id. */
export function show(id: string, visible: boolean): void {
  byId(id).hidden = !visible;
}

/** Writes text, never markup, into the element of an id. */
export function write(id: string, text: string): void {
  byId(id).textContent = text;
}

/** Says a sentence to the person, good or bad; nothing clears the last one. */
export function say(text = '', tone: 'good' | 'bad' = 'bad'): void {
  write('message', text);
  byId('message').classList.toggle('good', tone === 'good');
  show('message', text !== '');
}
