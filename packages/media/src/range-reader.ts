/** A file of known size that can be read in pieces: an open file, an object in a bucket, anything. */
export interface RangeReader {
  /** Size of the whole file in bytes; must not change while it is read. */
  readonly sizeBytes: number;
  /**
   * The bytes from `start` up to, not including, `end`: exactly `end - start` of them. The signal aborts when nothing waits for
   * the answer any more. What it throws passes through `probeVideo` untouched: an outage says nothing about the content.
   */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
}
