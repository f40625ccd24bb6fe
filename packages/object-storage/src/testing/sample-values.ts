/** 32 hexadecimal digits. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** Bytes that differ with their position and with `salt`. */
export function bytesOf(sizeBytes: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + salt * 7 + (index >> 8)) & 0xff);
}
