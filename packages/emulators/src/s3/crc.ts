import { crc32 } from 'node:zlib';

/** A checksum that grows with the bytes. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** As S3 writes it: base64 of the big-endian value. */
  digest(): string;
}

/** CRC-32, by zlib. */
export function startCrc32(): RunningChecksum {
  let value = 0;
  return { update: (chunk) => (value = crc32(chunk, value)), digest: () => base64([value]) };
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82F63B78 (RFC 3720, appendix B.4). */
export function startCrc32c(): RunningChecksum {
  let value = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) value = (CRC32C.low[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
    },
    digest: () => base64([~value >>> 0]),
  };
}

/** CRC-64/NVME, reflected polynomial 0x9A6C9329AC4BC9B5 (NVM Express command set specification), in two halves. */
export function startCrc64Nvme(): RunningChecksum {
  let [high, low] = [0xffffffff, 0xffffffff];
  return {
    update: (chunk) => {
      for (const byte of chunk) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (CRC64.low[index] ?? 0);
        high = (high >>> 8) ^ (CRC64.high[index] ?? 0);
      }
    },
    digest: () => base64([~high >>> 0, ~low >>> 0]),
  };
}

interface Table {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const CRC32C = tableOf(0, 0x82f63b78);
const CRC64 = tableOf(0x9a6c9329, 0xac4bc9b5);

/** One entry for each byte: the polynomial is divided out bit by bit. */
function tableOf(polynomialHigh: number, polynomialLow: number): Table {
  const [highs, lows] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) [high, low] = [high ^ polynomialHigh, low ^ polynomialLow];
    }
    highs[byte] = high;
    lows[byte] = low;
  }
  return { high: highs, low: lows };
}

function base64(words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, index * 4);
  return bytes.toString('base64');
}
