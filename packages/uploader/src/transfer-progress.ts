import { SpeedMeter } from './speed-meter.ts';
import type { UploadProgress } from './upload-handle.ts';

/** Bytes of one file that the storage has answered for, and those of requests in flight. */
export class TransferProgress {
  readonly #totalBytes: number;
  readonly #now: () => number;
  readonly #inFlight = new Map<number, number>();
  readonly #meter = new SpeedMeter();
  #arrivedBytes = 0;

  constructor(totalBytes: number, now: () => number) {
    this.#totalBytes = totalBytes;
    this.#now = now;
  }

  /** What the storage has answered for. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** The storage has answered for so many bytes. Those of that request are among them: counted twice, or not at all, they were a leap. */
  arrive(bytes: number, request = 0): void {
    this.#inFlight.delete(request);
    this.#arrivedBytes = bytes;
    this.#measure();
  }

  /** Bytes of one request in flight; 0 when it has ended. */
  setInFlight(request: number, bytes: number): void {
    if (bytes > 0) this.#inFlight.set(request, bytes);
    else this.#inFlight.delete(request);
    this.#measure();
  }

  /** Nothing is in flight any more. */
  stop(): void {
    this.#inFlight.clear();
    this.#meter.reset();
  }

  /** Never all bytes before the storage has answered for the last: those in flight may be lost. */
  snapshot(isComplete: boolean, isSending: boolean): UploadProgress {
    const totalBytes = this.#totalBytes;
    const isAll = isComplete || this.#arrivedBytes >= totalBytes;
    const sentBytes = isAll ? totalBytes : Math.min(this.#sentBytes, totalBytes - 1);
    const bytesPerSecond = isSending ? this.#meter.bytesPerSecond : 0;
    const secondsLeft = Math.ceil((totalBytes - sentBytes) / bytesPerSecond);
    return { sentBytes, totalBytes, bytesPerSecond, ...(bytesPerSecond > 0 && { secondsLeft }) };
  }

  get #sentBytes(): number {
    return [...this.#inFlight.values()].reduce((sum, bytes) => sum + bytes, this.#arrivedBytes);
  }

  #measure(): void {
    this.#meter.add(this.#now(), this.#sentBytes);
  }
}
