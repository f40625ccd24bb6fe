import { TooComplexError } from './too-complex-error.ts';

/** A parser that asks for the same bytes this often goes round in circles. */
const MAX_REPETITIONS = 256;
/** How many different requests are remembered to notice that. */
const REMEMBERED_REQUESTS = 4096;
/** A parser may not keep the thread for longer than this many requests, even if all are answered from memory. */
const REQUESTS_PER_TURN = 256;

/** Holds a parser that a file leads astray: every request for bytes pulls at it. */
export class Leash {
  readonly #repetitions = new Map<string, number>();
  #requests = 0;

  /** Lets others run now and then. @throws {TooComplexError} when the parser goes round in circles */
  async pull(start: number, end: number): Promise<void> {
    const request = `${start}-${end}`;
    const repetitions = (this.#repetitions.get(request) ?? 0) + 1;
    if (repetitions > MAX_REPETITIONS) throw new TooComplexError();
    if (this.#repetitions.size >= REMEMBERED_REQUESTS) this.#repetitions.clear();
    this.#repetitions.set(request, repetitions);
    this.#requests += 1;
    // A timer, since promises alone never let timers and sockets run: the time limit itself is a timer.
    if (this.#requests % REQUESTS_PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
