/** Bytes at an offset that a format begins with. */
interface Signature {
  readonly offset: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** First bytes of formats that hold video but cannot be read here, from their specifications. */
const SIGNATURES: readonly (readonly Signature[])[] = [
  // AVI: RIFF, size, "AVI ".
  [
    { offset: 0, bytes: ascii('RIFF') },
    { offset: 8, bytes: ascii('AVI ') },
  ],
  // ASF (WMV): the header object's GUID.
  [
    {
      offset: 0,
      bytes: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c],
    },
  ],
  [{ offset: 0, bytes: ascii('FLV\u0001') }],
  // MPEG program stream (ISO/IEC 13818-1 pack header), MPEG video elementary stream (sequence header).
  [{ offset: 0, bytes: [0x00, 0x00, 0x01, 0xba] }],
  [{ offset: 0, bytes: [0x00, 0x00, 0x01, 0xb3] }],
  // MXF (SMPTE 377): header partition pack, without a run-in.
  [{ offset: 0, bytes: [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02] }],
  [{ offset: 0, bytes: ascii('OggS') }],
  // QuickTime of before 2001 begins without `ftyp`.
  ...['moov', 'mdat', 'wide', 'pnot'].map((name): readonly Signature[] => [{ offset: 4, bytes: ascii(name) }]),
];

/** How many first bytes are looked at. */
export const SIGNATURE_BYTES = 16;

/** Whether the first bytes are those of a video format that cannot be read here. */
export function isForeignContainer(head: Uint8Array): boolean {
  return SIGNATURES.some((signature) =>
    signature.every(({ offset, bytes }) => bytes.every((byte, index) => head[offset + index] === byte)),
  );
}
