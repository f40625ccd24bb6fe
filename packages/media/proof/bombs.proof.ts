// What costly files do to the host that probes them: `npm run proof -- bombs`. Goals: the event loop never stalls for more than
// 50 ms, the process grows by at most 250 MB, an answer comes within the deadline and a second.
import { probeVideo } from '../src/probe-video.ts';
import { cuesBomb, lacingBomb, samplesBomb, tracksBomb } from '../test-support/bombs.ts';
import { byteReader } from '../test-support/byte-reader.ts';

const DEADLINE_MS = 3000;
const bombs = [
  ['200 000 cue points', cuesBomb(200_000)],
  ['40 000 laced blocks', lacingBomb(40_000)],
  ['10 000 tracks', tracksBomb(10_000)],
  ['four thousand million samples in 600 bytes', samplesBomb()],
  ['60 MB of zeros', new Uint8Array(60_000_000)],
] as const;

const startBytes = process.memoryUsage.rss();
let longestMs = 0;
let peakBytes = startBytes;
let last = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  longestMs = Math.max(longestMs, now - last);
  last = now;
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 1);

let hasFailed = false;
for (const [name, bytes] of bombs) {
  longestMs = 0;
  last = performance.now();
  const started = performance.now();
  const result = await probeVideo(byteReader(bytes), { timeoutMs: DEADLINE_MS });
  const tookMs = performance.now() - started;
  const grownMb = (peakBytes - startBytes) / 1e6;
  hasFailed ||= longestMs > 50 || grownMb > 250 || tookMs > DEADLINE_MS + 1000;
  const outcome = result.outcome === 'undetermined' ? result.reason : result.outcome;
  console.log(
    `${name}: ${outcome} after ${tookMs.toFixed(0)} ms; longest stall ${longestMs.toFixed(1)} ms, ` +
      `process + ${grownMb.toFixed(0)} MB, ${result.reads} reads`,
  );
}
clearInterval(watch);
process.exitCode = hasFailed ? 1 : 0;
