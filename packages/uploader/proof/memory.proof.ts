// The page's memory while a file of 2 GiB is sent by tus and by parts, from the disk to a server that counts the bytes and
// keeps none: `npm run proof -- memory`. Sampled before the file is chosen and while it is sent: the JavaScript heap, and
// the memory of all renderer processes (Linux: `Rss` of /proc/<pid>/smaps_rollup). Passes when neither grows by more than 64
// MiB, and every byte has arrived once.
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixtures } from '@videostorage/testing';
import type { CDPSession } from 'playwright-core';
import { launchChromium } from '../test-support/chromium.ts';
import { MeasuredTab } from '../test-support/measured-tab.ts';
import { pageListener } from '../test-support/page-listener.ts';
import { DiscardingHost, type SinkProtocol } from './discarding-host.ts';

const MIB = 1024 * 1024;
const FILM_BYTES = 2048 * MIB;
const MOST_GROWTH_BYTES = 64 * MIB;
const SAMPLE_EVERY_MS = 200;

/** The page's memory at one time. */
interface Sample {
  readonly heapBytes: number;
  readonly residentBytes: number;
}

const folder = await mkdtemp(join(tmpdir(), 'videostorage-memory-'));
const film = join(folder, 'film.mp4');
await writeSparseFilm();
const page = await pageListener('measured-page.ts');
const browser = await launchChromium();
try {
  for (const protocol of ['tus', 'multipart'] as const) await prove(protocol);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove(protocol: SinkProtocol): Promise<void> {
  const host = await DiscardingHost.start(protocol, page);
  const tab = await MeasuredTab.open(browser, host.origin, film);
  const system = await browser.newBrowserCDPSession();
  try {
    await tab.session.send('Performance.enable');
    const before = await sample(tab.session, system);
    const samples: Sample[] = [];
    let isOver = false;
    const sampling = (async () => {
      for (; !isOver; await sleep(SAMPLE_EVERY_MS)) samples.push(await sample(tab.session, system));
    })();
    const { totalMs } = await tab.call('byUploader', 'lesson', 4).finally(() => {
      isOver = true;
    });
    await sampling;
    const growth = (key: keyof Sample) => Math.max(...samples.map((each) => each[key])) - before[key];
    const [heapGrowth, residentGrowth] = [growth('heapBytes'), growth('residentBytes')];
    const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
    console.log(
      `${protocol}: ${mib(host.receivedBytes)} in ${(totalMs / 1000).toFixed(1)} s; heap ${mib(before.heapBytes)}, at most ` +
        `${mib(heapGrowth)} more; renderers ${mib(before.residentBytes)}, at most ${mib(residentGrowth)} more ` +
        `(${samples.length} samples; each at most ${mib(MOST_GROWTH_BYTES)} more)`,
    );
    const isFlat = Math.max(heapGrowth, residentGrowth) <= MOST_GROWTH_BYTES;
    if (!isFlat || samples.length < 3 || host.receivedBytes !== FILM_BYTES) process.exitCode = 1;
  } finally {
    await system.detach();
    await tab.close();
    await host.stop();
  }
}

async function sample(session: CDPSession, system: CDPSession): Promise<Sample> {
  const { metrics } = await session.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value;
  if (heapBytes === undefined) throw new Error('The browser does not say how large the heap is.');
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  if (renderers.length === 0) throw new Error('The browser names no renderer process.');
  const residents = await Promise.all(renderers.map(({ id }) => residentBytesOf(id)));
  return { heapBytes, residentBytes: residents.reduce((sum, bytes) => sum + bytes, 0) };
}

async function residentBytesOf(processId: number): Promise<number> {
  const rollup = await readFile(`/proc/${processId}/smaps_rollup`, 'utf8');
  const kibibytes = /^Rss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (kibibytes === undefined) throw new Error(`The size of process ${processId} is not known.`);
  return Number(kibibytes) * 1024;
}

/** A real video whose last box is empty space of almost 2 GiB that no disk block holds. */
async function writeSparseFilm(): Promise<void> {
  const small = await fixtures.moovFirst.read();
  const head = Buffer.alloc(8);
  head.writeUInt32BE(FILM_BYTES - small.length);
  head.write('free', 4);
  const file = await open(film, 'w');
  await file.writeFile(Buffer.concat([small, head]));
  await file.truncate(FILM_BYTES);
  await file.close();
}
