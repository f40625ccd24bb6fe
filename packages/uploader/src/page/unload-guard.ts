/**
 * Makes the browser ask before the page is left, while it is switched on. Switched off it leaves no listener: one that is
 * always there keeps a page out of the browser's back/forward cache.
 */
export class UnloadGuard {
  #isOn = false;
  readonly #ask = (event: Event): void => event.preventDefault();

  /** Switches it. */
  set isOn(isOn: boolean) {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (isOn) globalThis.addEventListener?.('beforeunload', this.#ask);
    else globalThis.removeEventListener?.('beforeunload', this.#ask);
  }
}
