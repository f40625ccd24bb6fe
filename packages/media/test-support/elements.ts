/** A size of eight bytes. */
const size = (bytes: number): Buffer => {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE((1n << 56n) | BigInt(bytes));
  return head;
};
const hex = (id: number): Buffer => {
  const digits = id.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
};
/** An element of Matroska with a size of eight bytes. */
export const element = (id: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([hex(id), size(body.length), body]);
};
/** An element of at most 126 bytes, with a size of one. */
export const short = (id: number, ...bytes: readonly number[]): Buffer =>
  Buffer.concat([hex(id), Buffer.from([0x80 | bytes.length, ...bytes])]);

/** An element of unknown size, as live recorders write it. */
export const endless = (id: number, ...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([hex(id), Buffer.from([0xff]), ...parts]);
