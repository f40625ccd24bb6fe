import {
  type CallRunner,
  type Clock,
  type Maintenance,
  type StorageCall,
  type StorageSweep,
  type SweepOptions,
  toSweepRequest,
} from '@videostorage/core';
import { CLAIMS_PREFIX, RECORDS_PREFIX } from './store-keys.ts';
import type { StoreSteps } from './store-steps.ts';
import { SweepReport } from './sweep-report.ts';
import { SweepRun, type SweepTools } from './sweep-run.ts';

const PAGE = 1000;
/** No item is begun in the last fifth of the run's time, so that the last one can end. */
const TIME_SHARE = 0.8;

/** Where a run ended, so that the next one of this process continues there. */
interface Position {
  readonly phase: number;
  readonly after?: string | undefined;
  /** The last failed item of a page, when the listing can continue only after the whole page. */
  readonly failed?: string | undefined;
}

interface Item {
  readonly id: string;
  /** Where the listing continues after this item; absent where it can only continue after its page. */
  readonly after?: string | undefined;
  readonly sweep: () => Promise<void>;
}

interface Page {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string | undefined;
}

/** Creates the collaborators of one run. */
export type SweepToolsFactory = (call: StorageCall, endsAtMs: number, dryRun: boolean) => SweepTools;

/**
 * The sweep of an object storage: claims, then leftovers, then records, each key once. After a run that its limit or its deadline
 * ended, the next run of this process continues where it stopped.
 */
export class ObjectMaintenance implements Maintenance {
  readonly #run: CallRunner;
  readonly #clock: Clock;
  readonly #toTools: SweepToolsFactory;
  readonly #positions = new Map<boolean, Position | undefined>();

  constructor(run: CallRunner, clock: Clock, toTools: SweepToolsFactory) {
    this.#run = run;
    this.#clock = clock;
    this.#toTools = toTools;
  }

  /** @inheritDoc */
  sweep(options: SweepOptions = {}): Promise<StorageSweep> {
    return this.#run('sweep', options, async (call) => {
      const { limit, dryRun, timeoutMs = 10_000 } = toSweepRequest(options);
      const startedAtMs = this.#clock.now();
      const tools = this.#toTools(call, startedAtMs + timeoutMs, dryRun);
      const report = new SweepReport(limit);
      const position = await this.#walk(tools, report, startedAtMs + timeoutMs * TIME_SHARE);
      this.#positions.set(dryRun, position);
      return report.toSweep(position !== undefined);
    });
  }

  /** @returns where to continue; undefined at the end */
  async #walk(tools: SweepTools, report: SweepReport, stopAtMs: number): Promise<Position | undefined> {
    const run = new SweepRun(tools, report);
    const phases = [
      (after: string | undefined, limit: number) =>
        documents(tools.steps, CLAIMS_PREFIX, after, limit, (key) => run.sweepClaim(key)),
      (after: string | undefined, limit: number) => leftovers(tools.steps, after, limit, run),
      (after: string | undefined, limit: number) =>
        documents(tools.steps, RECORDS_PREFIX, after, limit, (key) => run.sweepRecord(key)),
    ];
    const { call } = tools.steps;
    const isOver = () => {
      call.options.signal?.throwIfAborted();
      return call.signal.aborted || this.#clock.now() >= stopAtMs;
    };
    let { phase, after, failed }: Position = this.#positions.get(tools.dryRun) ?? { phase: 0 };
    for (let list = phases[phase]; list !== undefined; list = phases[phase]) {
      if (report.left <= 0 || isOver()) return { phase, after, failed };
      const { items, next } = await list(after, Math.min(PAGE, report.left));
      const begun = items.findIndex(({ id }) => id === failed);
      for (const item of items.slice(begun + 1)) {
        if (isOver()) return { phase, after, failed };
        // An item that takes all of the time is reported as a failure, and the next run continues after it.
        const isDone = await report.examine(item.id, call.options.signal, item.sweep);
        if (item.after !== undefined) after = item.after;
        else if (!isDone) failed = item.id;
      }
      after = next;
      if (next === undefined) phase += 1;
    }
    return undefined;
  }
}

async function documents(
  steps: StoreSteps,
  prefix: string,
  after: string | undefined,
  limit: number,
  sweep: (key: { readonly key: string; readonly modifiedAtMs: number }) => Promise<void>,
): Promise<Page> {
  const { keys, more } = await steps.listDocuments(prefix, { after, limit });
  const items = keys.map((stored) => ({ id: stored.key, after: stored.key, sweep: () => sweep(stored) }));
  return { items, next: more ? keys.at(-1)?.key : undefined };
}

async function leftovers(steps: StoreSteps, cursor: string | undefined, limit: number, run: SweepRun): Promise<Page> {
  const page = await steps.listLeftovers({ cursor, limit });
  const items = page.leftovers.map((leftover) => ({ id: leftover.id, sweep: () => run.sweepLeftover(leftover) }));
  return { items, next: page.cursor };
}
