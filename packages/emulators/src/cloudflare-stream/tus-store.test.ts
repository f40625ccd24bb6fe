import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

const CHUNK_BYTES = 5_242_880;
const SENT_BYTES = 1_000_000;
const TUS = { 'Tus-Resumable': '1.0.0' };
const OF_PATCH = { ...TUS, 'Content-Type': 'application/offset+octet-stream' };
const writeToFile = FileStore.prototype.write;

let emulator: CloudflareStreamEmulator;
let write: MockInstance<FileStore['write']>;
let location: string;
let uid: string;
beforeEach(() => {
  write = vi.spyOn(FileStore.prototype, 'write');
});
afterEach(async () => {
  write.mockRestore();
  await emulator.stop();
});

/** Of two chunks; the second is what players skip. */
async function begin(keepsInterruptedChunks?: boolean): Promise<Buffer<ArrayBuffer>> {
  emulator = await CloudflareStreamEmulator.start({
    clock: new ManualClock(),
    ...(keepsInterruptedChunks !== undefined && { keepsInterruptedChunks }),
  });
  const video = Buffer.from(await fixtures.moovFirst.read());
  const bytes = Buffer.concat([video, Buffer.alloc(2 * CHUNK_BYTES - video.length, 'skipped')]);
  bytes.writeUInt32BE(bytes.length - video.length, video.length);
  bytes.write('free', video.length + 4, 'latin1');
  const { headers } = await new StreamTestClient(emulator).createTus(bytes.length);
  location = String(headers.get('location'));
  uid = String(headers.get('stream-media-id'));
  return bytes;
}

async function offset(): Promise<number> {
  const { headers } = await fetch(location, { method: 'HEAD', headers: TUS });
  return Number(headers.get('upload-offset'));
}

async function patch(at: number, body: Uint8Array<ArrayBuffer>): Promise<number> {
  const headers = { ...OF_PATCH, 'Upload-Offset': String(at) };
  return (await fetch(location, { method: 'PATCH', headers, body })).status;
}

/** Sends some of a chunk with bytes that are not the video's, and ends the connection. */
async function interrupt(at: number): Promise<void> {
  const { hostname, port, pathname, search } = new URL(location);
  const socket = connect(Number(port), hostname);
  const headers = { ...OF_PATCH, Host: 'x', 'Upload-Offset': at, 'Content-Length': CHUNK_BYTES };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`PATCH ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  socket.end(Buffer.alloc(SENT_BYTES, 'other')).resume();
  await once(socket, 'close');
}

/** The same, and waits until the store has what arrived: so many bytes. */
async function arrivedOfInterrupted(at: number): Promise<number> {
  const before = write.mock.settledResults.length;
  await interrupt(at);
  await vi.waitFor(() => expect(write.mock.settledResults[before]?.type).toBe('fulfilled'));
  const arrived = Number(write.mock.settledResults[before]?.value) - at;
  expect(arrived).toBeGreaterThan(0);
  expect(arrived).toBeLessThanOrEqual(SENT_BYTES);
  return arrived;
}

async function expectStored(bytes: Buffer): Promise<void> {
  const [store] = write.mock.contexts as FileStore[];
  const stored = await readFile(join(String(store?.directory), String(new URL(location).pathname.split('/').at(-1))));
  expect(stored.equals(bytes)).toBe(true);
  await emulator.finishProcessing();
  const { body } = await new StreamTestClient(emulator).api('GET', `/${uid}`);
  expect(body.result).toMatchObject({ readyToStream: true, size: bytes.length });
}

test.each([[undefined], [true]])(
  'what arrived of an interrupted chunk stays with %s',
  async (keepsInterruptedChunks) => {
    const bytes = await begin(keepsInterruptedChunks);
    expect(await patch(0, bytes.subarray(0, CHUNK_BYTES))).toBe(204);
    expect(await offset()).toBe(CHUNK_BYTES);
    const arrived = await arrivedOfInterrupted(CHUNK_BYTES);
    expect(await offset()).toBe(CHUNK_BYTES + arrived);
  },
);

test('with false nothing of an interrupted chunk stays, and a whole one does', async () => {
  const bytes = await begin(false);
  await arrivedOfInterrupted(0);
  expect(await offset()).toBe(0);
  expect(await patch(0, bytes.subarray(0, CHUNK_BYTES))).toBe(204);
  expect(await offset()).toBe(CHUNK_BYTES);
  await arrivedOfInterrupted(CHUNK_BYTES);
  expect(await offset()).toBe(CHUNK_BYTES);
  expect(await patch(CHUNK_BYTES, bytes.subarray(CHUNK_BYTES))).toBe(204);
  expect(await offset()).toBe(bytes.length);
  await expectStored(bytes);
});

test('calls that come while an interrupted chunk is dropped see nothing of it', async () => {
  const bytes = await begin(false);
  expect(await patch(0, bytes.subarray(0, CHUNK_BYTES))).toBe(204);
  const events = new EventEmitter();
  const dropping = once(events, 'dropping');
  write.mockImplementationOnce(async function (this: FileStore, ...chunk) {
    const end = await writeToFile.apply(this, chunk);
    events.emit('dropping');
    await once(events, 'dropped');
    return end;
  });
  await interrupt(CHUNK_BYTES);
  await dropping;
  // What arrived is in the file now: a PATCH that took the file's size for its offset would be refused.
  const calls = [offset(), patch(CHUNK_BYTES, bytes.subarray(CHUNK_BYTES))] as const;
  await vi.waitFor(() => expect(emulator.requests.filter((line) => /^(HEAD|PATCH)/.test(line))).toHaveLength(4));
  events.emit('dropped');
  const [seen, status] = await Promise.all(calls);
  expect([CHUNK_BYTES, bytes.length]).toContain(seen);
  expect(status).toBe(204);
  expect(await offset()).toBe(bytes.length);
  await expectStored(bytes);
});
