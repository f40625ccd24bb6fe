// 48 MiB to the S3 emulator, each connection slowed to 8 Mbit/s, by parts of 6 MiB: the uploader with 6 parts at once beside
// Uppy 6 with multipart forced, in the same page to the same bucket: `npm run proof -- slow-line`. Both times are of the whole:
// from the file to the ready video here, to the completed object there, which nobody inspects. Uppy 6.3 sends the parts of a
// file one after another, whatever its `limit`, which is of files. Holds at three times its speed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../test-support/chromium.ts';
import { filmBytes } from '../test-support/film.ts';
import { MeasuredTab } from '../test-support/measured-tab.ts';
import { pageListener } from '../test-support/page-listener.ts';
import { UploadHost } from '../test-support/upload-host.ts';
import { median } from './median.ts';

const MIB = 1024 * 1024;
const PART_BYTES = 6 * MIB;
const PARTS_AT_ONCE = 6;
const BYTES_PER_SECOND = 1_000_000;
const ROUNDS = 3;
const LEAST_RATIO = 3;

const folder = await mkdtemp(join(tmpdir(), 'videostorage-slow-line-'));
const film = join(folder, 'film.mp4');
await writeFile(film, await filmBytes(48 * MIB));
const page = await pageListener('measured-page.ts');
const browser = await launchChromium();
const host = await UploadHost.start('s3-parts', { page, partSizeBytes: PART_BYTES });
try {
  if (host.s3 === undefined) throw new Error('There is no S3.');
  const { bucket, region, accessKeyId, secretAccessKey } = host.s3;
  const s3Endpoint = `${host.proxy.origin}/${bucket}`;
  host.proxy.slowUpload(BYTES_PER_SECOND);
  const tab = await MeasuredTab.open(browser, host.origin, film);
  const times: Record<'uploader' | 'uppy', number[]> = { uploader: [], uppy: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const { totalMs } = await tab.call('byUploader', `lesson-${round}`, PARTS_AT_ONCE);
    times.uploader.push(totalMs);
    const target = { s3Endpoint, region, accessKeyId, secretAccessKey, partSizeBytes: PART_BYTES };
    times.uppy.push(await tab.call('byUppy', target));
  }
  const [ours, theirs] = [median(times.uploader), median(times.uppy)];
  const ratio = theirs / ours;
  console.log(
    `48 MiB over connections of 8 Mbit/s: uploader ${(ours / 1000).toFixed(1)} s, Uppy ${(theirs / 1000).toFixed(1)} s, ` +
      `medians of ${ROUNDS}: ${ratio.toFixed(2)} times as fast (at least ${LEAST_RATIO})`,
  );
  if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
} finally {
  await browser.close();
  await host.stop();
  await rm(folder, { recursive: true, force: true });
}
