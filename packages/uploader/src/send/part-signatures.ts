import { BackendError, type Clock, type SignedPart } from '@videostorage/core';
import type { UploadTransport } from '../upload-transport.ts';

/** A signature that expires sooner is not used: sending a part takes time. */
const MIN_LEFT_MS = 60_000;
/**
 * Assumed lifetime of a signature that seems to have less left on arrival: this computer's clock is ahead, so the real rest
 * is unknown.
 */
const LIFE_BY_WRONG_CLOCK_MS = 5 * 60_000;

/** A signature as it arrived. */
interface KnownSignature {
  readonly part: SignedPart;
  readonly lifeMs: number;
  /** By the computer's clock, which may be set. */
  readonly arrivedAtMs: number;
  /** By a monotonic clock, which in some browsers stands still while the computer sleeps. */
  readonly arrivedTick: number;
}

/**
 * Signed parts, requested in batches shortly before they are sent, since signatures of parts that wait for hours expire.
 * Their age is the larger one of two clocks: a clock that is set back makes none younger, and one that is set forward causes
 * one more request.
 */
export class PartSignatures {
  readonly #transport: UploadTransport;
  readonly #reference: string;
  readonly #batch: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tick: () => number;
  readonly #known = new Map<number, KnownSignature>();
  #asking: Promise<void> = Promise.resolve();

  /** @param batch how many are requested at once, 1–100 @param tick milliseconds of a clock that is never set */
  constructor(
    transport: UploadTransport,
    reference: string,
    batch: number,
    clock: Pick<Clock, 'now'>,
    tick: () => number = () => performance.now(),
  ) {
    this.#transport = transport;
    this.#reference = reference;
    this.#batch = batch;
    this.#clock = clock;
    this.#tick = tick;
  }

  /** The signature of a part; `upcoming` are the parts that are sent after it. A new one is used whatever this computer's clock says. */
  async of(partNumber: number, upcoming: readonly number[], signal: AbortSignal): Promise<SignedPart> {
    // One request at a time: the parts of those that wait are in the batch of the first.
    const turn = this.#asking.then(async () => {
      if (this.#isUsable(partNumber)) return;
      const missing = upcoming.filter((other) => other !== partNumber && !this.#isUsable(other));
      const asked = [partNumber, ...missing.slice(0, this.#batch - 1)];
      for (const part of await this.#transport.signParts(this.#reference, asked, { signal })) this.#keep(part);
    });
    this.#asking = turn.catch(() => {
      // Thrown to the call that requested it; the next call sends its own request.
    });
    await turn;
    const known = this.#known.get(partNumber);
    if (known !== undefined) return known.part;
    throw new BackendError('BACKEND_BAD_RESPONSE', 'The server did not sign the part that it was asked for.');
  }

  /** Discards a signature that was refused, so that the next try requests another. */
  drop(partNumber: number): void {
    this.#known.delete(partNumber);
  }

  #isUsable(partNumber: number): boolean {
    const known = this.#known.get(partNumber);
    if (known === undefined) return false;
    const ageMs = Math.max(this.#tick() - known.arrivedTick, this.#clock.now() - known.arrivedAtMs);
    return known.lifeMs - ageMs > MIN_LEFT_MS;
  }

  #keep(part: SignedPart): void {
    const arrivedAtMs = this.#clock.now();
    const leftMs = Date.parse(part.expiresAt) - arrivedAtMs;
    const lifeMs = leftMs > MIN_LEFT_MS ? leftMs : LIFE_BY_WRONG_CLOCK_MS;
    this.#known.set(part.partNumber, { part, lifeMs, arrivedAtMs, arrivedTick: this.#tick() });
  }
}
