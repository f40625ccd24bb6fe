/**
 * Makes the browser ask before the page is left, while it is on. While it is off there is no listener, since that would keep the
 * page out of the browser's back/forward cache.
 */
export class UnloadGuard {
  #isOn = false;
  readonly #ask = (event: Event): void => event.preventDefault();

  /** Adds or removes the listener. */
  set isOn(isOn: boolean) {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (isOn) globalThis.addEventListener?.('beforeunload', this.#ask);
    else globalThis.removeEventListener?.('beforeunload', this.#ask);
  }
}
