import { SpeedMeter } from './speed-meter.ts';
import type { UploadProgress } from './upload-handle.ts';

/** Bytes that have arrived for certain, and those of requests on their way, of one file. */
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

  /** What the storage has for certain. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  set arrivedBytes(bytes: number) {
    this.#arrivedBytes = bytes;
    this.#measure();
  }

  /** What of one request is on its way; 0 when it is over, one way or the other. */
  setInFlight(request: number, bytes: number): void {
    if (bytes > 0) this.#inFlight.set(request, bytes);
    else this.#inFlight.delete(request);
    this.#measure();
  }

  /** Nothing is on its way now. */
  stop(): void {
    this.#inFlight.clear();
    this.#meter.reset();
  }

  /** Bytes are never all sent before the storage has answered for the last: those on their way may be lost. */
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
