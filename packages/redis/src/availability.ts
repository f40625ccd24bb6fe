import { ConfigurationError, StoreUnavailableError, scrub } from '@videostorage/core';

/** While the server does not answer, one call per this time in milliseconds is sent as a probe. */
const PROBE_EVERY_MS = 1000;

/** The timeout of a server, and the function to call when it stops answering. */
export interface AvailabilityOptions {
  /** Timeout after which a call is abandoned. */
  readonly timeoutMs: number;
  /** Called when the server stops answering, and not again before it has answered. */
  readonly onUnavailable: ((error: StoreUnavailableError) => void) | undefined;
}

/**
 * Tracks whether a server answers. A client queues commands for a server that it cannot reach, so while some are overdue at
 * most one a second is sent: callers need not wait for the timeout, and the server is not flooded with old commands when it
 * is available again. The first answer, even a late one, ends this state.
 */
export class Availability {
  readonly #timeoutMs: number;
  readonly #onUnavailable: AvailabilityOptions['onUnavailable'];
  #isDown = false;
  /** Time of the last probe by the process's own clock; undefined unless a command is overdue. */
  #nextProbeAtMs: number | undefined;

  constructor({ timeoutMs, onUnavailable }: AvailabilityOptions) {
    this.#timeoutMs = timeoutMs;
    this.#onUnavailable = onUnavailable;
  }

  /** Resolves to the server's answer. @throws {StoreUnavailableError} it fails, is late, or did not answer just now */
  async ask<Answer>(command: () => Promise<Answer>): Promise<Answer> {
    const nowMs = performance.now();
    if (this.#nextProbeAtMs !== undefined) {
      if (nowMs < this.#nextProbeAtMs) throw silent();
      this.#nextProbeAtMs = nowMs + PROBE_EVERY_MS;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: ReturnType<typeof setImmediate> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => {
        this.#nextProbeAtMs = performance.now() + PROBE_EVERY_MS;
        reject(new Error(`no answer within ${this.#timeoutMs} ms`));
      };
      // Not at once: a process that was busy for longer runs its timers before it reads an answer that has already arrived.
      timer = setTimeout(() => {
        last = setImmediate(giveUp);
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#heard(command()), late]);
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      throw this.#unavailable(error);
    } finally {
      clearTimeout(timer);
      clearImmediate(last);
    }
  }

  /** Also for an abandoned command: its answer means that the server is available again. Its failure means nothing new. */
  async #heard<Answer>(command: Promise<Answer>): Promise<Answer> {
    const answer = await command;
    this.#isDown = false;
    this.#nextProbeAtMs = undefined;
    return answer;
  }

  #unavailable(cause: unknown): StoreUnavailableError {
    const error = new StoreUnavailableError(undefined, { cause: withoutSecrets(cause) });
    if (!this.#isDown) {
      this.#isDown = true;
      this.#onUnavailable?.(error);
    }
    return error;
  }
}

function silent(): StoreUnavailableError {
  return new StoreUnavailableError(undefined, {
    cause: new Error('it did not answer just now, so nothing was sent'),
  });
}

/** Clients put the failed command into their error, and a failed login contains the password: only the message is kept. */
function withoutSecrets(cause: unknown): Error {
  return new Error(scrub(cause instanceof Error ? cause.message : String(cause)));
}
