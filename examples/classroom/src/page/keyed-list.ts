/** A list that is rendered repeatedly: items that have not changed keep their elements, and the focus is kept. */
export class KeyedList<Item> {
  readonly #list: HTMLElement;
  readonly #keyOf: (item: Item) => string;
  readonly #draw: (item: Item) => HTMLElement;
  #drawn = new Map<string, { readonly facts: string; readonly node: HTMLElement }>();

  constructor(list: HTMLElement, keyOf: (item: Item) => string, draw: (item: Item) => HTMLElement) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#draw = draw;
  }

  /** Shows these items, in this order. */
  show(items: readonly Item[]): void {
    const drawn = new Map<string, { readonly facts: string; readonly node: HTMLElement }>();
    for (const item of items) {
      const [key, facts] = [this.#keyOf(item), JSON.stringify(item)];
      const known = this.#drawn.get(key);
      drawn.set(key, known?.facts === facts ? known : { facts, node: this.#draw(item) });
    }
    const focused = document.activeElement?.id ?? '';
    const nodes = [...drawn.values()].map(({ node }) => node);
    const isSame =
      nodes.length === this.#list.children.length && nodes.every((node, i) => node === this.#list.children[i]);
    this.#drawn = drawn;
    if (isSame) return;
    this.#list.replaceChildren(...nodes);
    if (focused !== '' && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }
}
