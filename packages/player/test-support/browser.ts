import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const chromiumPath = process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';
const ffmpegPath = process.env['VIDEOSTORAGE_FFMPEG'] ?? '/usr/bin/ffmpeg';

/** Whether this computer has the browser, and what makes videos for it; in CI their absence is a failure of its own. */
export const canPlayHere: boolean = existsSync(chromiumPath) && existsSync(ffmpegPath);

/** Debian's headless shell of Chromium, which connects only to the tests' servers. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    ],
  });
}

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=12', '-f', 'lavfi', '-i', 'sine=frequency=440'];
const CODECS = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '12', '-c:a', 'aac'],
  ...['-vf', 'noise=alls=60:allf=t'],
];

/** Creates an MP4 with its index at the beginning that shows a counting clock, with noise to reach the requested size. */
export async function makeVideo(path: string, seconds: number, megabitsPerSecond: number): Promise<void> {
  const rate = `${megabitsPerSecond}M`;
  const rates = ['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate];
  await run([...PICTURE, '-t', String(seconds), ...CODECS, ...rates, '-movflags', '+faststart', path]);
}

/** Makes HLS of a video into a folder: `master.m3u8`, one rendition of segments of a second. */
export async function makeHls(video: string, folder: string): Promise<void> {
  const hls = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', '-master_pl_name', 'master.m3u8'];
  await run([
    '-i',
    video,
    '-c',
    'copy',
    ...hls,
    '-hls_segment_filename',
    `${folder}/part%03d.ts`,
    `${folder}/index.m3u8`,
  ]);
}

async function run(options: readonly string[]): Promise<void> {
  await promisify(execFile)(ffmpegPath, ['-v', 'error', '-y', ...options]);
}
