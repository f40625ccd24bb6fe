import { eachVideo } from '@videostorage/core';
import { fixtures, seededRandom } from '@videostorage/testing';
import type { FailingProvider, ProviderRequests } from './failing-provider.ts';
import type { HostApp } from './host-app.ts';
import { type ChosenFile, type Ending, visit } from './visitor.ts';

/** Options of a run. */
export interface ChaosSettings {
  readonly uploads: number;
  readonly seed: number;
  readonly start: (faultShare: number, random: () => number) => Promise<FailingProvider>;
  readonly hostApp: (provider: FailingProvider, file: ChosenFile) => HostApp;
  /** Share of requests to the provider that fail. Default 0.1. */
  readonly faultShare?: number;
}

/** The results of a run. */
export interface ChaosReport {
  /** Number of visitors by the outcome that they saw. */
  readonly endings: Readonly<Record<Ending, number>>;
  /** Videos that the host app shows. */
  readonly known: number;
  /** Uploads whose bytes were sent, and that the host app does not show, or whose video is gone. */
  readonly lost: number;
  /** Videos of an upload that already has another video. */
  readonly repeated: number;
  /** Number of things at the provider that belong to no video of the host app, including bytes that were never confirmed. */
  readonly orphans: number;
  /** Videos that the host app reported as ready by two transitions, where a browser confirmed twice at once. */
  readonly reportedTwice: number;
  /** Requests of the host app to the provider until the last visitor had left, and its first sweep. */
  readonly requests: ProviderRequests;
}

const CONCURRENCY = 16;
// Chosen by the number of the visitor, not at random, so that a run without faults needs exactly as many requests for each
// upload.
const CLOSED_TAB_EVERY = 20;
const LOST_ANSWER_EVERY = 20;
const TWO_CONFIRMS_EVERY = 20;

/** Lets browsers upload through a failing provider, lets the host app sweep for three days, and counts. */
export async function runChaos({
  uploads,
  seed,
  start,
  hostApp,
  faultShare = 0.1,
}: ChaosSettings): Promise<ChaosReport> {
  const random = seededRandom(seed);
  const bytes = await fixtures.moovFirst.read();
  const { fileName, mimeType } = fixtures.moovFirst;
  const file = { fileName, mimeType, sizeBytes: bytes.length, maxDurationSeconds: 60 };
  const provider = await start(faultShare, random);
  try {
    const host = hostApp(provider, file);
    const endings = { confirmed: 0, 'tab closed': 0, 'gave up': 0 };
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < uploads; index = next++) {
        const closesTab = index % CLOSED_TAB_EVERY === 0;
        const losesFirstAnswer = index % LOST_ANSWER_EVERY === 1;
        const confirmsTwice = index % TWO_CONFIRMS_EVERY === 4;
        const behaviour = { closesTab, losesFirstAnswer, confirmsTwice };
        const ending = await visit({ host, file, bytes, key: `file-${index}`, ...behaviour });
        endings[ending] += 1;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    await provider.finishProcessing();
    provider.clock.shift(0.1);
    const requests = { ...provider.requests };
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      await host.sweep();
      await provider.finishProcessing();
      provider.clock.shift(1);
    }
    provider.heal();
    for (let days = 0; days < 3; days += 1) {
      provider.clock.shift(25);
      await host.sweep();
    }
    const known = new Set(await host.knownVideoIds());
    // Each upload has its own file name, so that a duplicate is not mistaken for a lost video.
    const shown: (string | undefined)[] = [];
    for await (const { videoId, fileName } of eachVideo(provider.storage)) if (known.has(videoId)) shown.push(fileName);
    const orphans = await provider.countBeside(known);
    const distinct = new Set(shown).size;
    const lost = Math.max(0, endings.confirmed + endings['tab closed'] - distinct);
    const repeated = shown.length - distinct;
    return { endings, known: known.size, lost, repeated, orphans, reportedTwice: host.reportedTwice(), requests };
  } finally {
    await provider.stop();
  }
}
