/**
 * Shut while a provider has asked for a pause; shared by all calls of one account. When the pause is over it is half-open:
 * one call probes, the others wait for how it ends, so that a provider that needs longer gets one request and not all.
 */
export class CoolDownGate {
  #opensAtMs = Number.NEGATIVE_INFINITY;
  #isHalfOpen = false;
  #probe: Promise<void> | undefined;

  /** Keeps it shut at least until then. */
  shutUntil(timeMs: number): void {
    if (timeMs <= this.#opensAtMs) return;
    this.#opensAtMs = timeMs;
    this.#isHalfOpen = true;
  }

  /** How long it stays shut; 0 = the pause is over. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#opensAtMs - nowMs);
  }

  /** Whether the pause is over and nobody has found out yet how the provider is. */
  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** The end of the probe that another call is making; undefined when there is none. Never rejects. */
  get probe(): Promise<void> | undefined {
    return this.#probe;
  }

  /**
   * Makes the caller the one that probes. What it gives must be called when its attempt has ended: true = the provider
   * answered as usual, so the gate opens for all; false = unknown or bad, so another call probes.
   */
  startProbe(): (isWell: boolean) => void {
    let end = () => {};
    this.#probe = new Promise((resolve) => {
      end = resolve;
    });
    const pauseEndedAtMs = this.#opensAtMs;
    return (isWell) => {
      this.#probe = undefined;
      // A pause that was asked for meanwhile is another one.
      if (isWell && this.#opensAtMs === pauseEndedAtMs) this.#isHalfOpen = false;
      end();
    };
  }
}
