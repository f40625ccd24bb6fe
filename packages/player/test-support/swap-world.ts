import { expect, vi } from 'vitest';
import { type SwapOutcome, swapScreens } from '../src/element/swap-screens.ts';
import type { FakeMedia } from './fake-media.ts';

/** Two players that a test swaps, in fake time. */
export class SwapWorld {
  readonly controller: AbortController = new AbortController();
  /** Whether the first one must stay. */
  isStill = false;
  /** How the second one becomes audible; false when the browser does not allow it. */
  becomeAudible: () => Promise<boolean> = async () => true;

  /** Installs fake time, until `vi.useRealTimers()`, and a visible tab. */
  constructor() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    vi.stubGlobal('document', { visibilityState: 'visible' });
  }

  /** The outcome after this many seconds; undefined while it is not decided. */
  async swap(
    from: FakeMedia,
    to: FakeMedia,
    seconds: number,
    meanwhile: () => void = () => {},
  ): Promise<SwapOutcome | undefined> {
    let outcome: SwapOutcome | undefined;
    const bounds = {
      signal: this.controller.signal,
      isStill: () => this.isStill,
      becomeAudible: () => this.becomeAudible(),
    };
    const swapping = swapScreens(from, to, bounds).then((value) => {
      outcome = value;
    });
    meanwhile();
    for (let passedMs = 0; passedMs < seconds * 1000 && outcome === undefined; passedMs += 10) {
      await vi.advanceTimersByTimeAsync(10);
    }
    if (outcome !== undefined) {
      await swapping;
      expect([from.listeners, to.listeners]).toEqual([0, 0]);
    }
    return outcome;
  }
}
