import mediaInfoFactory from 'mediainfo.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ByteSource, ReadLimitError } from './byte-source.ts';
import { type FeedPlan, Parser } from './parser.ts';
import { limitWasmHeap, WasmHeapError } from './wasm-heap.ts';

// `probe-video.test.ts` tests MediaInfoLib with real files, in threads. Here a mock replaces the library.
vi.mock('mediainfo.js');
vi.mock('./wasm-heap.ts');
afterEach(() => vi.clearAllMocks());

const loadLibrary = vi.mocked<(options: { readonly format: 'JSON' }) => Promise<object>>(mediaInfoFactory);
const BLOCK = 256 * 1024;

interface Script {
  /**
   * The position to which the library seeks after the chunk that begins at the key; after all other chunks it does not seek.
   */
  readonly seeks?: Readonly<Record<number, number>>;
  /** The chunk after which it needs no more bytes. */
  readonly finishedAt?: number;
  /** What it returns in the end. */
  readonly inform?: unknown;
  /** No byte from there on may be read. */
  readonly readLimit?: number;
}

/** The calls of a library for a file of so many bytes, whose blocks contain their number. */
async function parse(sizeBytes: number, plan: Partial<FeedPlan>, script: Script = {}) {
  const calls: (readonly [string, ...unknown[]])[] = [];
  const chunks: Uint8Array[] = [];
  let next = 0;
  const library = {
    reset: () => calls.push(['reset']),
    openBufferInit: (size: number, offset: number) => {
      calls.push(['init', size, offset]);
      next = offset;
    },
    openBufferContinue: (chunk: Uint8Array, length: number) => {
      calls.push(['chunk', next, length]);
      chunks.push(chunk);
      const isFinished = next === script.finishedAt;
      wanted = script.seeks?.[next] ?? -1;
      next += chunk.length;
      return isFinished;
    },
    openBufferContinueGotoGet: () => wanted,
    openBufferFinalize: () => calls.push(['finalize']),
    inform: () => JSON.stringify(script.inform ?? {}),
  };
  let wanted = -1;
  loadLibrary.mockResolvedValue(library);
  const source = new ByteSource(sizeBytes, async (start, end) => {
    if (start >= (script.readLimit ?? Number.POSITIVE_INFINITY)) throw new ReadLimitError();
    return Uint8Array.from({ length: end - start }, (_, at) => (start + at) & 0xff);
  });
  const parser = await Parser.load();
  const whole: FeedPlan = { skipsFirstBox: false, headBytes: 1024 ** 3, tailBytes: 0, ...plan };
  const parsed = await parser.parse(source, whole);
  return { ...parsed, calls, chunks, read: calls.filter(([name]) => name === 'chunk').map(([, offset]) => offset) };
}

test('the memory is limited before the library is loaded, which returns JSON', async () => {
  await parse(1, {});
  const [bounded] = vi.mocked(limitWasmHeap).mock.invocationCallOrder;
  const [loaded] = vi.mocked(mediaInfoFactory).mock.invocationCallOrder;
  expect(Number(bounded)).toBeLessThan(Number(loaded));
  expect(mediaInfoFactory).toHaveBeenCalledWith({ format: 'JSON' });
});

describe('a file', () => {
  test('is fed from its beginning to its end', async () => {
    const { calls, isFinished, chunks } = await parse(2 * BLOCK + 5, {});
    expect(calls).toEqual([
      ['reset'],
      ['init', 2 * BLOCK + 5, 0],
      ['chunk', 0, BLOCK],
      ['chunk', BLOCK, BLOCK],
      ['chunk', 2 * BLOCK, 5],
      ['finalize'],
    ]);
    expect(isFinished).toBe(true);
    expect(chunks[2]).toEqual(Uint8Array.of(0, 1, 2, 3, 4));
  });

  test('is fed until the library needs no more', async () => {
    const { read, isFinished, isCutShort } = await parse(9 * BLOCK, {}, { finishedAt: BLOCK });
    expect([read, isFinished, isCutShort]).toEqual([[0, BLOCK], true, false]);
  });

  test('is continued where the library seeks to, and the library gets only the new position', async () => {
    const { calls, isFinished } = await parse(9 * BLOCK, {}, { seeks: { 0: 8 * BLOCK + 7 } });
    expect(calls.slice(2)).toEqual([
      ['chunk', 0, BLOCK],
      ['init', -1, 8 * BLOCK + 7],
      ['chunk', 8 * BLOCK + 7, BLOCK - 7],
      ['finalize'],
    ]);
    expect(isFinished).toBe(true);
    const back = await parse(3 * BLOCK, {}, { seeks: { [BLOCK]: 0 }, finishedAt: 0 });
    expect(back.read).toEqual([0]);
  });

  test('in which the library seeks for ever is given up after a thousand seeks', async () => {
    const { read, isFinished, isCutShort } = await parse(BLOCK, {}, { seeks: { 0: 0 } });
    expect([read.length, isFinished, isCutShort]).toEqual([1001, false, true]);
  });

  test('that may not be read further is concluded from the bytes so far', async () => {
    const { calls, isFinished, isCutShort } = await parse(9 * BLOCK, {}, { readLimit: 2 * BLOCK });
    expect(calls.slice(3)).toEqual([['chunk', BLOCK, BLOCK], ['finalize']]);
    expect([isFinished, isCutShort]).toEqual([false, true]);
  });

  test('that cannot be read at all is a failure', async () => {
    loadLibrary.mockResolvedValue({ reset: () => 0, openBufferInit: () => 0 });
    const source = new ByteSource(9, () => Promise.reject(new Error('The disk is gone.')));
    const parser = await Parser.load();
    const plan = { skipsFirstBox: false, headBytes: 9, tailBytes: 0 };
    await expect(parser.parse(source, plan)).rejects.toThrow('The disk is gone.');
  });

  test('for which the library was refused memory is a failure', async () => {
    vi.spyOn(WasmHeapError, 'throwIfRefused').mockImplementationOnce(() => {
      throw new RangeError('refused');
    });
    await expect(parse(9, {}, { finishedAt: 0 })).rejects.toThrow('refused');
  });
});

describe('a plan', () => {
  test('limits the bytes that are fed from the head', async () => {
    expect(await parse(9 * BLOCK, { headBytes: 2 * BLOCK })).toMatchObject({
      read: [0, BLOCK],
      isFinished: false,
      isCutShort: false,
    });
    const more = await parse(9 * BLOCK, { headBytes: 2 * BLOCK + 1 });
    expect(more.read).toEqual([0, BLOCK, 2 * BLOCK]);
  });

  test('feeds one whole box beside the head', async () => {
    const whole = { start: BLOCK, end: 4 * BLOCK };
    const { read, isFinished } = await parse(9 * BLOCK, { headBytes: 2 * BLOCK, whole });
    expect(read).toEqual([0, BLOCK, 2 * BLOCK, 3 * BLOCK, 4 * BLOCK]);
    expect(isFinished).toBe(false);
  });

  test('feeds the tail after the head', async () => {
    const { calls, isFinished } = await parse(9 * BLOCK, { headBytes: BLOCK, tailBytes: 2 * BLOCK });
    expect(calls.slice(2)).toEqual([
      ['chunk', 0, BLOCK],
      ['init', -1, 7 * BLOCK],
      ['chunk', 7 * BLOCK, BLOCK],
      ['chunk', 8 * BLOCK, BLOCK],
      ['finalize'],
    ]);
    expect(isFinished).toBe(true);
  });

  test('does not go back when the head has reached the tail', async () => {
    const { calls } = await parse(4 * BLOCK, { headBytes: 2 * BLOCK, tailBytes: 3 * BLOCK });
    expect(calls.filter(([name]) => name === 'init')).toEqual([['init', 4 * BLOCK, 0]]);
    const exact = await parse(4 * BLOCK, { headBytes: 2 * BLOCK, tailBytes: 2 * BLOCK });
    expect(exact.calls.filter(([name]) => name === 'init')).toHaveLength(1);
    expect(exact.read).toEqual([0, BLOCK, 2 * BLOCK, 3 * BLOCK]);
  });

  test('feeds a first box that players skip as a `free` box, in a copy', async () => {
    const plain = await parse(2 * BLOCK, {});
    expect(plain.chunks[0]?.subarray(0, 9)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    const { chunks } = await parse(2 * BLOCK, { skipsFirstBox: true });
    expect(chunks[0]?.subarray(0, 9)).toEqual(Uint8Array.of(0, 1, 2, 3, 0x66, 0x72, 0x65, 0x65, 8));
    expect(chunks[1]?.subarray(0, 9)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    const again = await parse(BLOCK, { skipsFirstBox: true }, { seeks: { 0: 2 }, finishedAt: 2 });
    expect(again.chunks[1]?.subarray(0, 4)).toEqual(Uint8Array.of(2, 3, 4, 5));
  });
});

test('a brand that makes the library loop for ever is removed, in a copy', async () => {
  const bytes = new Uint8Array(300);
  const brand = new TextEncoder().encode('caqv');
  for (const at of [8, 20, 252, 260]) bytes.set(brand, at);
  const shown: Uint8Array[] = [];
  loadLibrary.mockResolvedValue({
    ...{ reset: () => 0, openBufferInit: () => 0, openBufferFinalize: () => 0, inform: () => '{}' },
    openBufferContinue: (chunk: Uint8Array) => shown.push(chunk) > 0,
  });
  const parser = await Parser.load();
  await parser.parse(new ByteSource(300, async () => bytes), { skipsFirstBox: false, headBytes: 300, tailBytes: 0 });
  const [chunk = bytes] = shown;
  const places = [...chunk.keys()].filter((at) => chunk[at] !== 0);
  expect(places).toEqual([260, 261, 262, 263]);
  expect(bytes.subarray(8, 12)).toEqual(brand);
});

describe('the result of the library', () => {
  test('are its tracks', async () => {
    const track = [{ '@type': 'General', Format: 'AVI' }, { '@type': 'Video' }];
    const inform = { media: { track: [...track, { Format: 'AVI' }, { '@type': 4 }, null, 'Video'] } };
    expect((await parse(1, {}, { inform })).tracks).toEqual(track);
  });

  test.each([{}, { media: null }, { media: {} }, { media: { track: {} } }, { media: 'track' }, 'media', null])(
    'are no tracks for %j',
    async (inform) => {
      expect((await parse(1, {}, { inform })).tracks).toEqual([]);
    },
  );
});
