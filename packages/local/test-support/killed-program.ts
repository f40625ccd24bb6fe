// A program that uses a storage and is killed at one of its steps: `node killed-program.ts <folder> <film> [<step>]`.
// It prints each answer of the storage on a line of its own, at once; without a step it is not killed and prints all its steps.
import { readFileSync, writeSync } from 'node:fs';
import { Logger } from '@videostorage/core';
import { LocalStorage } from '../src/local-storage.ts';
import { failingFiles } from './failing-files.ts';
import { requestFor, SECRET, tusUrl } from './requests.ts';

const [folder = '', filmPath = '', killAt = ''] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const counts = new Map<string, number>();
let phase = 'start';

const storage = new LocalStorage({
  ...{ folder, baseUrl: 'http://127.0.0.1:1/media', referenceSecrets: [SECRET], logger: new Logger() },
  // Inspecting videos would take most of this program's time, and writes nothing.
  inspectContent: false,
  fileFunctions: failingFiles((name, args, target) => {
    const key = `${phase}/${name}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const step = `${key}#${count}`;
    if (killAt === '') say(`step ${step}`);
    if (step === killAt) return die();
    // A write that was cut: the first half of the text is in the file.
    if (`${step}/half` === killAt) return writeHalf(target, args[0]).then(die);
    return undefined;
  }),
});

/** The process ends before the next instruction: no handler runs, nothing is flushed. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('This is never reached.');
}

async function writeHalf(target: object | undefined, text: unknown): Promise<void> {
  if (target === undefined || typeof text !== 'string') return;
  await Reflect.apply(Reflect.get(target, 'write'), target, [text.slice(0, text.length / 2)]);
}

const film = readFileSync(filmPath);
const headers = { 'Content-Type': 'application/offset+octet-stream', 'Tus-Resumable': '1.0.0' };

async function send(url: string, from: number, to: number): Promise<void> {
  const response = await storage.fetch(
    new Request(url, {
      ...{
        method: 'PATCH',
        body: new Uint8Array(film.subarray(from, to)),
        headers: { ...headers, 'Upload-Offset': String(from) },
      },
    }),
  );
  if (response.status !== 204) throw new Error(`PATCH answered ${response.status}.`);
}

async function live(digit: string): Promise<string> {
  phase = `create-${digit}`;
  const ticket = await storage.getUploadUrl(requestFor(film, { uploadId: digit.repeat(32) }));
  say(`created ${digit} ${ticket.uploadReference} ${tusUrl(ticket)}`);
  phase = `send-${digit}`;
  await send(tusUrl(ticket), 0, 100_000);
  await send(tusUrl(ticket), 100_000, film.length);
  say(`sent ${digit}`);
  phase = `confirm-${digit}`;
  const { videoId } = await storage.confirmUpload(ticket.uploadReference, { userId: 'anna' });
  say(`confirmed ${digit}`);
  return videoId;
}

const first = await live('1');
await live('2');
phase = 'delete-1';
say('deleting 1');
await storage.deleteVideo(first);
say('deleted 1');
phase = 'abort-3';
const third = await storage.getUploadUrl(requestFor(film, { uploadId: '3'.repeat(32) }));
await storage.abortUpload(third.uploadReference, { userId: 'anna' });
say('the end');
