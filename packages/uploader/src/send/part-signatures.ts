import { BackendError, type Clock, type SignedPart } from '@videostorage/core';
import type { UploadTransport } from '../upload-transport.ts';

/** A signature that ends sooner is not used: a part takes its time. */
const MIN_LEFT_MS = 60_000;
/** Of a signature that came with less: this computer's clock is ahead, and what it says of the time left is wrong. */
const LIFE_BY_WRONG_CLOCK_MS = 5 * 60_000;

/** Signed parts, asked for in batches shortly before they are sent: signatures of parts that wait for hours run out. */
export class PartSignatures {
  readonly #transport: UploadTransport;
  readonly #reference: string;
  readonly #batch: number;
  readonly #clock: Clock;
  readonly #known = new Map<number, { readonly part: SignedPart; readonly endsAtMs: number }>();
  #asking: Promise<void> = Promise.resolve();

  /** @param batch how many are asked for at once, 1–100 */
  constructor(transport: UploadTransport, reference: string, batch: number, clock: Clock) {
    this.#transport = transport;
    this.#reference = reference;
    this.#batch = batch;
    this.#clock = clock;
  }

  /** The signature of a part; `upcoming` are those that are sent after it. A fresh one is used whatever this computer's clock says. */
  async of(partNumber: number, upcoming: readonly number[], signal: AbortSignal): Promise<SignedPart> {
    // One call at a time: whoever waited finds the part in the batch of another.
    const turn = this.#asking.then(async () => {
      if (this.#isUsable(partNumber)) return;
      const missing = upcoming.filter((other) => other !== partNumber && !this.#isUsable(other));
      const asked = [partNumber, ...missing.slice(0, this.#batch - 1)];
      for (const part of await this.#transport.signParts(this.#reference, asked, { signal })) {
        this.#known.set(part.partNumber, { part, endsAtMs: this.#endOf(part) });
      }
    });
    this.#asking = turn.catch(() => {
      // Whoever asked hears of it; the next one asks for itself.
    });
    await turn;
    const known = this.#known.get(partNumber);
    if (known !== undefined) return known.part;
    throw new BackendError('BACKEND_BAD_RESPONSE', 'The server did not sign the part that it was asked for.');
  }

  /** It was refused, or led nowhere: the next try asks for another. */
  drop(partNumber: number): void {
    this.#known.delete(partNumber);
  }

  #isUsable(partNumber: number): boolean {
    const known = this.#known.get(partNumber);
    return known !== undefined && known.endsAtMs - this.#clock.now() > MIN_LEFT_MS;
  }

  /** By this computer's clock, for a signature that came now. */
  #endOf({ expiresAt }: SignedPart): number {
    const nowMs = this.#clock.now();
    const endsAtMs = Date.parse(expiresAt);
    return endsAtMs - nowMs > MIN_LEFT_MS ? endsAtMs : nowMs + LIFE_BY_WRONG_CLOCK_MS;
  }
}
