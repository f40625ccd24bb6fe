import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
    ],
  });
}

/**
 * Creates a video of a counting clock, with noise to reach the requested size. It has twelve frames a second and a key frame
 * each second, so that browsers without a graphics card can play and seek with little computing.
 */
export async function makeVideo(path: string, seconds: number, megabitsPerSecond: number): Promise<void> {
  const rate = `${megabitsPerSecond}M`;
  const codecs = path.endsWith('.webm')
    ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus']
    : ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await promisify(execFile)(ffmpegPath, [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=12'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440', '-t', String(seconds), '-vf', 'noise=alls=60:allf=t', ...codecs],
    ...['-g', '12', '-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate, path],
  ]);
}

/** SHA-256 over the frames and the sound of a file, whatever container they are in. */
export async function streamsHashOfFile(path: string): Promise<string> {
  const words = ['-v', 'error', '-i', path, '-map', '0', '-c', 'copy', '-f', 'hash', '-hash', 'sha256', '-'];
  return (await promisify(execFile)(ffmpegPath, words)).stdout;
}

/**
 * A film of exactly this size, padded with a box that players skip. @throws {RangeError} the film is larger, or fewer than 8
 * bytes remain for the box
 */
export async function paddedFilm(path: string, sizeBytes: number): Promise<Buffer> {
  const film = await readFile(path);
  const free = Buffer.alloc(sizeBytes - film.length);
  free.writeUInt32BE(free.length);
  free.write('free', 4);
  return Buffer.concat([film, free]);
}

/** SHA-256 of a file, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
