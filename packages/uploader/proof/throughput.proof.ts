// One stream beside a bare XMLHttpRequest that sends the same bytes in the same page: `npm run proof -- throughput`. By tus and by a
// form, to a server that counts the bytes and keeps none, since what a storage writes varies more than what is measured. The
// uploader's time is its whole phase `sending`, with every request and the watchdog; the request's is from `send` to the answer,
// with a ticket that was requested before. Who begins a round takes turns. Holds at 0.9 of the request's throughput.
//
// A chunk of tus is a slice of the file, and so is the body of the bare request there: Chromium reads a `File` from the disk in its
// network process, and a slice through the renderer. What that costs is printed beside it; no upload in chunks can be without it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../test-support/chromium.ts';
import { filmBytes } from '../test-support/film.ts';
import { MeasuredTab } from '../test-support/measured-tab.ts';
import { pageListener } from '../test-support/page-listener.ts';
import { DiscardingHost } from './discarding-host.ts';
import { median } from './median.ts';

const FILM_BYTES = 160 * 1024 * 1024;
const ROUNDS = 15;
const LEAST_RATIO = 0.9;

const folder = await mkdtemp(join(tmpdir(), 'videostorage-throughput-'));
const film = join(folder, 'film.mp4');
await writeFile(film, await filmBytes(FILM_BYTES));
const page = await pageListener('measured-page.ts');
const browser = await launchChromium();
try {
  for (const protocol of ['tus', 'post'] as const) await prove(protocol);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove(protocol: 'tus' | 'post'): Promise<void> {
  const host = await DiscardingHost.start(protocol, page);
  const tab = await MeasuredTab.open(browser, host.origin, film);
  const measures = {
    uploader: async () => (await tab.call('byUploader', 'lesson', 1)).sendingMs,
    slice: () => tab.call('byXhr', 'lesson', 'slice'),
    file: () => tab.call('byXhr', 'lesson', 'file'),
  };
  // Of a form the file is a field, by both.
  const senders = protocol === 'tus' ? (['uploader', 'slice', 'file'] as const) : (['uploader', 'file'] as const);
  const times: Record<keyof typeof measures, number[]> = { uploader: [], slice: [], file: [] };
  try {
    // The first round loads modules and warms both sides: it does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const turn of senders.keys()) {
        const sender = senders[(turn + round) % senders.length] ?? 'uploader';
        const ms = await measures[sender]();
        if (round > 0) times[sender].push(ms);
      }
    }
  } finally {
    await tab.close();
    await host.stop();
  }
  for (const sender of senders) {
    const ms = median(times[sender]);
    console.log(
      `${protocol}, ${sender}: ${ms.toFixed(0)} ms, ${(FILM_BYTES / 1e3 / ms).toFixed(0)} MB/s, median of ${ROUNDS}`,
    );
  }
  const like = protocol === 'tus' ? 'slice' : 'file';
  const ratio = median(times[like]) / median(times.uploader);
  console.log(
    `${protocol}: ${ratio.toFixed(3)} of the throughput of one request with the ${like} (at least ${LEAST_RATIO})`,
  );
  if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
}
