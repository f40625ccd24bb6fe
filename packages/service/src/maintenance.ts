import { type Clock, describeError, type Logger } from '@videostorage/core';
import { Interval, type MaintenanceHandle, startLoop } from './maintenance-loop.ts';
import type { Reconciler } from './reconciler.ts';
import { RecordSweep } from './record-sweep.ts';
import type { ServiceSweepOptions } from './service-sweep-options.ts';
import { type ExaminedStorages, type RetainFor, StorageSweep } from './storage-sweep.ts';
import type { Storages } from './storages.ts';
import { type SweepReport, SweepTally } from './sweep-report.ts';
import type { Transitions } from './transitions.ts';
import type { VideoRecords } from './video-records.ts';
import { checkMaintenanceOptions, checkSweepOptions, type MaintenanceOptions } from './video-service-options.ts';

const HOUR_MS = 60 * 60 * 1000;
/** No user waits for a sweep, so content that is slow to inspect gets more time than the 10 seconds of other calls. */
const SWEEP_TIMEOUT_MS = 60_000;

/** Sweeps once or repeatedly: first the records that are due, then videos whose retention has ended, then the storages. */
export class Maintenance {
  readonly #recordSweep: RecordSweep;
  readonly #storageSweep: StorageSweep;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    parts: {
      storages: Storages;
      records: VideoRecords;
      reconciler: Reconciler;
      transitions: Transitions;
      clock: Clock;
      logger: Logger;
    },
    retainFor: RetainFor | undefined,
  ) {
    this.#recordSweep = new RecordSweep(parts);
    this.#storageSweep = new StorageSweep(parts, retainFor);
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** See `VideoService.sweep`. */
  async sweep(options: ServiceSweepOptions): Promise<SweepReport> {
    const { storages = true, ...others } = checkSweepOptions(options);
    return this.#run(others, storages ? 'all' : undefined);
  }

  /** See `VideoService.startMaintenance`. */
  start(options: MaintenanceOptions): MaintenanceHandle {
    checkMaintenanceOptions(options);
    const { everySeconds = 60 } = options;
    const hourly = new Interval(this.#clock, HOUR_MS);
    const sweep = async (signal: AbortSignal) => {
      try {
        await this.#run({ signal }, hourly.takeTurn() ? 'all' : 'unfinished');
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.log('error', 'request.failed', { operation: 'sweep', ...describeError(error) });
      }
    };
    return startLoop(everySeconds * 1000, sweep, Math.random);
  }

  async #run(options: Omit<ServiceSweepOptions, 'storages'>, storages?: ExaminedStorages): Promise<SweepReport> {
    const { dryRun = false, limit = 1000, deleteOrphans = false, timeoutMs = SWEEP_TIMEOUT_MS, ...others } = options;
    const call = { ...others, timeoutMs };
    const tally = new SweepTally(this.#logger, others);
    await this.#recordSweep.run(limit, dryRun, call, tally);
    await this.#storageSweep.retire(limit, dryRun, call, tally);
    if (storages) await this.#storageSweep.examine(limit, { deleteOrphans, dryRun, storages }, call, tally);
    return tally.finish();
  }
}
