// One stream beside a bare XMLHttpRequest that sends the same file in the same page to the same server, without a proxy between:
// `npm run proof -- throughput`. tus by the local backend's route and by the Stream emulator, a form by the S3 emulator. The
// uploader's time is its whole phase `sending`, with every request and the watchdog; the request's is from `send` to the answer,
// with a ticket that was requested before. Tries alternate, so that both find the server in the same state, and so does which one
// begins a round; each takes the better of its two tries, since other processes only slow it down, and files lie in memory, since
// a disk's speed varies. Holds at 0.9 of the request's throughput.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eachVideo } from '@videostorage/core';
import { launchChromium } from '../test-support/chromium.ts';
import { filmBytes } from '../test-support/film.ts';
import { MeasuredTab } from '../test-support/measured-tab.ts';
import { pageListener } from '../test-support/page-listener.ts';
import { type BackendName, UploadHost } from '../test-support/upload-host.ts';
import { median } from './median.ts';

const FILM_BYTES = 160 * 1024 * 1024;
const ROUNDS = 5;
const TRIES = 2;
const LEAST_RATIO = 0.9;

if (existsSync('/dev/shm')) process.env['TMPDIR'] = '/dev/shm';
const folder = await mkdtemp(join(tmpdir(), 'videostorage-throughput-'));
const film = join(folder, 'film.mp4');
await writeFile(film, await filmBytes(FILM_BYTES));
const page = await pageListener('measured-page.ts');
const browser = await launchChromium();
try {
  for (const name of ['local', 'stream-tus', 's3-form'] as const) await prove(name);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove(name: BackendName): Promise<void> {
  const host = await UploadHost.start(name, { page, isDirect: true });
  const tab = await MeasuredTab.open(browser, host.origin, film);
  const times: Record<'uploader' | 'xhr', number[]> = { uploader: [], xhr: [] };
  const measures = {
    uploader: async (lesson: string) => {
      const { sendingMs } = await tab.call('byUploader', lesson, 1);
      // As the request's upload is: what is kept would be memory that the next one has to do without.
      for await (const { videoId } of eachVideo(host.storage)) await host.storage.deleteVideo(videoId);
      return sendingMs;
    },
    xhr: (lesson: string) => tab.call('byXhr', lesson),
  };
  try {
    // The first round loads modules and warms both sides: it does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const order = round % 2 === 0 ? (['uploader', 'xhr'] as const) : (['xhr', 'uploader'] as const);
      const best = { uploader: Number.POSITIVE_INFINITY, xhr: Number.POSITIVE_INFINITY };
      for (let count = 0; count < TRIES; count++) {
        for (const sender of order) {
          best[sender] = Math.min(best[sender], await measures[sender](`${sender}-${round}-${count}`));
        }
      }
      if (round > 0) for (const sender of order) times[sender].push(best[sender]);
    }
  } finally {
    await tab.close();
    await host.stop();
  }
  const [ours, bare] = [median(times.uploader), median(times.xhr)];
  const ratio = bare / ours;
  const mbps = (ms: number) => (FILM_BYTES / 1e6 / (ms / 1000)).toFixed(0);
  console.log(
    `${name}: uploader ${ours.toFixed(0)} ms (${mbps(ours)} MB/s), bare XMLHttpRequest ${bare.toFixed(0)} ms ` +
      `(${mbps(bare)} MB/s), medians of ${ROUNDS}: ${ratio.toFixed(3)} of its throughput (at least ${LEAST_RATIO})`,
  );
  if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
}
