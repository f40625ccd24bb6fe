/** A file of known size that can be read in pieces: an open file, an object in a bucket, anything. */
export interface RangeReader {
  /** Size of the whole file in bytes; must not change while it is read. */
  readonly sizeBytes: number;
  /**
   * Returns the bytes from `start` up to, not including, `end`: exactly `end - start` of them. The signal aborts when
   * the answer is no longer needed. What this function throws is passed on unchanged by `probeVideo`: an outage says
   * nothing about the content.
   */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
}
