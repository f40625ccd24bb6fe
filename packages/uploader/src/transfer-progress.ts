import { SpeedMeter } from './speed-meter.ts';
import type { UploadProgress } from './upload-handle.ts';

/** Bytes of one file that the storage has acknowledged, and those of requests in flight. */
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

  /** Bytes that the storage has acknowledged. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /**
   * The storage has acknowledged this many bytes, including those of the request, which must be counted exactly once so that
   * the progress does not jump.
   */
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

  /** Resets the bytes in flight to 0. */
  stop(): void {
    this.#inFlight.clear();
    this.#meter.reset();
  }

  /** Less than all bytes until the storage has acknowledged the last: those in flight may be lost. */
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
