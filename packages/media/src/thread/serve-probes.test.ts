import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import type { HostMessage, ThreadMessage } from './messages.ts';
import type { ParsedFile } from './parser.ts';
import { serveProbes } from './serve-probes.ts';
import { isHeapSpent } from './wasm-heap.ts';

// `probe-video.test.ts` tests a real parser with real files, in threads. Here only the messages are tested.
vi.mock('./wasm-heap.ts', () => ({ isHeapSpent: vi.fn(() => false) }));

const SIZE = 300_000;
const BLOCK = 256 * 1024;
const film: ParsedFile = {
  tracks: [
    { '@type': 'General', Format: 'AVI', Duration: '5.000' },
    { '@type': 'Video', Width: '320', Height: '180' },
  ],
  isFinished: true,
  isCutShort: false,
};
const bytes = new Uint8Array(BLOCK).fill(0x9f);
const done = (isSpent: boolean, finding?: object) => ({ type: 'done', finding, isSpent });
const video = expect.objectContaining({ outcome: 'video', container: 'avi', durationSeconds: 5, widthPixels: 320 });

let host: MessagePort;
let heard: ThreadMessage[];
let parse: (source: ByteSource) => Promise<ParsedFile>;
const tell = (message: HostMessage) => host.postMessage(message);
const next = () => vi.waitUntil(() => heard.shift(), { interval: 1, timeout: 30_000 });
const computedMs = async () => {
  const message = await next();
  return message?.type === 'read' ? message.computedMs : Number.NaN;
};

beforeEach(async () => {
  const { port1, port2 } = new MessageChannel();
  host = port1;
  heard = [];
  host.on('message', (message: ThreadMessage) => heard.push(message));
  parse = async () => film;
  serveProbes(port2, Promise.resolve({ parse: (source) => parse(source) }));
  expect(await next()).toEqual({ type: 'ready' });
});
afterEach(() => host.close());

/** Starts a file whose bytes are needed only to check its first box. */
async function begin(sizeBytes = SIZE): Promise<void> {
  tell({ type: 'probe', sizeBytes });
  expect(await next()).toMatchObject({ type: 'read', start: 0, end: Math.min(BLOCK, sizeBytes) });
}

describe('the thread', () => {
  test('requests bytes, and sends what the file is; then it accepts the next one', async () => {
    for (const sizeBytes of [SIZE, 100]) {
      await begin(sizeBytes);
      tell({ type: 'bytes', bytes: bytes.subarray(0, sizeBytes) });
      expect(await next()).toEqual(done(false, video));
    }
  });

  test('gets the bytes that it requests, in their order', async () => {
    const read: number[] = [];
    parse = async (source) => {
      read.push(...(await source.readOn(BLOCK)));
      return film;
    };
    await begin(BLOCK + 3);
    tell({ type: 'bytes', bytes });
    expect(await next()).toMatchObject({ type: 'read', start: BLOCK, end: BLOCK + 3 });
    tell({ type: 'bytes', bytes: new Uint8Array([7, 8, 9]) });
    expect(await next()).toEqual(done(false, video));
    expect(read).toEqual([7, 8, 9]);
  });

  test('concludes without any bytes when no byte may be read', async () => {
    await begin();
    tell({ type: 'limit' });
    expect(await next()).toEqual(done(false, { outcome: 'undetermined', reason: 'too-much-to-read' }));
  });

  test('drops a file that is cancelled without a finding, and accepts the next one', async () => {
    await begin();
    tell({ type: 'cancel' });
    expect(await next()).toEqual(done(false));
    await begin();
    tell({ type: 'bytes', bytes });
    expect(await next()).toEqual(done(false, video));
  });

  test('must be replaced after a failure of the parser, and the file is undetermined', async () => {
    parse = () => Promise.reject(new RangeError('memory access out of bounds'));
    await begin();
    tell({ type: 'bytes', bytes });
    expect(await next()).toEqual(done(true, { outcome: 'undetermined', reason: 'too-complex' }));
  });

  test('must be replaced after a file that took much memory, which still has its finding', async () => {
    vi.mocked(isHeapSpent).mockReturnValueOnce(true);
    await begin();
    tell({ type: 'bytes', bytes });
    expect(await next()).toEqual(done(true, video));
  });
});

test('it is ready once the parser is loaded, and not before', async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = vi.spyOn(port2, 'postMessage');
  const parser = { parse: async () => film };
  let onLoaded: (loaded: typeof parser) => void = () => {};
  serveProbes(port2, new Promise<typeof parser>((resolve) => (onLoaded = resolve)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).not.toHaveBeenCalled();
  onLoaded(parser);
  await vi.waitUntil(() => sent.mock.calls.length > 0, { interval: 1, timeout: 30_000 });
  expect(sent.mock.calls).toEqual([[{ type: 'ready' }]]);
  port1.close();
});

test('its computing time is that of one file, without the time in which it waits for bytes', async () => {
  let time = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => time);
  parse = async (source) => {
    time += 30;
    await source.readOn(BLOCK);
    return film;
  };
  for (const _ of ['first', 'second']) {
    tell({ type: 'probe', sizeBytes: SIZE });
    expect(await computedMs()).toBe(0);
    time += 5000;
    tell({ type: 'bytes', bytes });
    expect(await computedMs()).toBe(30);
    time += 5000;
    tell({ type: 'bytes', bytes: bytes.subarray(0, SIZE - BLOCK) });
    expect(await next()).toEqual(done(false, video));
  }
});
