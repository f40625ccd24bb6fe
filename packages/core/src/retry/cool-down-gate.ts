/** Shut while a vendor has asked for a pause; shared by all calls of one account. */
export class CoolDownGate {
  #opensAtMs = Number.NEGATIVE_INFINITY;

  /** Keeps it shut at least until then. */
  shutUntil(epochMs: number): void {
    this.#opensAtMs = Math.max(this.#opensAtMs, epochMs);
  }

  /** How long it stays shut; 0 = open. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#opensAtMs - nowMs);
  }
}
