/** Calls of `play()` that wait until the video plays, with whichever player or source. */
export class PendingPlays {
  #waiting: { resolve(): void; reject(reason: unknown): void }[] = [];

  /** Whether a call waits. */
  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** For one more call: settles with the next `resolve()` or `reject()`. */
  add(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** The video plays. */
  resolve(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** A call of the player's own `play()` has failed: they wait for another source, unless the viewer must or does not want to play. */
  fail(error: unknown, isWanted: boolean): void {
    if (!isWanted) this.reject(error);
  }

  /** The video will not play; by default because it was stopped: https://html.spec.whatwg.org/multipage/media.html#dom-media-pause */
  reject(reason: unknown = new DOMException('The video was stopped before it played.', 'AbortError')): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}

/**
 * What prevents playback is shown to the viewer: the controls, when the browser does not allow autoplay, or the reason. Other
 * errors are reported to the page.
 */
export function ignoreRefusal(error: unknown): void {
  if (!(error instanceof DOMException)) globalThis.reportError?.(error);
}
