import { ok } from 'node:assert/strict';

/** 32 hexadecimal digits. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** Bytes that differ with their position and with `salt`. */
export function bytesOf(sizeBytes: number, salt: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  // `Uint8Array.from` calls a function for each of six million bytes, which takes a second.
  for (let index = 0; index < sizeBytes; index++) bytes[index] = index * 31 + salt * 7 + (index >> 8);
  return bytes;
}

/** A time at which a case has written: now, by a clock that may be a minute ahead and a day behind. */
export function isTimeOfWriting(modifiedAtMs: number | undefined): void {
  const ageMs = Date.now() - (modifiedAtMs ?? Number.NaN);
  ok(ageMs > -60_000 && ageMs < 86_400_000, `it says that it was written ${ageMs} ms ago`);
}
