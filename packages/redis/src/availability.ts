import { ConfigurationError, StoreUnavailableError, scrub } from '@videostorage/core';

/** While the server does not answer, one call in so many milliseconds asks it whether it is back. */
const PROBE_EVERY_MS = 1000;

/** How long a server may take, and who is notified when it stops answering. */
export interface AvailabilityOptions {
  /** Then the call is given up. */
  readonly timeoutMs: number;
  /** Called when the server stops answering, once until it has answered again. */
  readonly onUnavailable: ((error: StoreUnavailableError) => void) | undefined;
}

/**
 * Tracks whether a server answers. A client queues commands for a server that it cannot reach, so while some are overdue at
 * most one a second is sent: callers need not wait for the timeout, and the server is not flooded with old commands when it
 * is back. The first answer, also a late one, ends this.
 */
export class Availability {
  readonly #timeoutMs: number;
  readonly #onUnavailable: AvailabilityOptions['onUnavailable'];
  #isDown = false;
  /** By the process's own clock; undefined unless a command is overdue. */
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
      // Not at once: a process that was busy for longer has its timers run before it reads the answer that lies there.
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

  /** Also of a command that was given up: its answer says that the server is back. Its failure says nothing new. */
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
    cause: new Error('it did not answer just now, and was not asked again'),
  });
}

/** Clients put the failed command into their error, and a failed login holds the password: only its sentence is kept. */
function withoutSecrets(cause: unknown): Error {
  return new Error(scrub(cause instanceof Error ? cause.message : String(cause)));
}
