/**
 * Closed while the provider has asked for a pause; shared by all calls of one account. After the pause it is half-open: one call
 * probes and the others wait for its outcome, so that a provider that has not recovered gets one request and not all of them.
 */
export class CoolDownGate {
  #opensAtMs = Number.NEGATIVE_INFINITY;
  #isHalfOpen = false;
  #probe: Promise<void> | undefined;

  /** Closes the gate until `timeMs`, unless it is closed for longer already. */
  closeUntil(timeMs: number): void {
    if (timeMs <= this.#opensAtMs) return;
    this.#opensAtMs = timeMs;
    this.#isHalfOpen = true;
  }

  /** The rest of the pause in milliseconds; 0 when it is over. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#opensAtMs - nowMs);
  }

  /** Whether no probe has succeeded since the last pause. */
  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** Resolves when the probe that another call is making has ended; undefined when there is none. Never rejects. */
  get probe(): Promise<void> | undefined {
    return this.#probe;
  }

  /**
   * Makes the caller the one that probes. Call the returned function when the attempt has ended: with true when the provider
   * answered as usual, which opens the gate for all; with false otherwise, so that another call probes.
   */
  startProbe(): (isWell: boolean) => void {
    let end = () => {};
    this.#probe = new Promise((resolve) => {
      end = resolve;
    });
    const pauseEndedAtMs = this.#opensAtMs;
    return (isWell) => {
      this.#probe = undefined;
      // A pause that began meanwhile needs a probe of its own.
      if (isWell && this.#opensAtMs === pauseEndedAtMs) this.#isHalfOpen = false;
      end();
    };
  }
}
