/** A file of known size that can be read in pieces: an open file, an object in a bucket, anything. */
export interface RangeReader {
  /** Size of the whole file in bytes; must not change while it is read. */
  readonly sizeBytes: number;
  /**
   * The bytes from `start` up to, not including, `end`: exactly `end - start` of them.
   * What it throws passes through `readVideoFile` untouched.
   */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** A `Blob` (a browser's `File` is one) as a reader. */
export function blobReader(blob: Blob): RangeReader {
  return {
    sizeBytes: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}
