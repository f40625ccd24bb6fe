import {
  type Clock,
  checkOptions,
  type OptionSchemas,
  optional,
  type Secret,
  secretListOption,
  systemClock,
  timeOption,
  toTimestamp,
} from '@videostorage/core';
import { checkedLogFilter, checkedLogQuery } from '../checked-queries.ts';
import type {
  BrokenChain,
  EventCount,
  EventLog,
  LogEntry,
  LogFilter,
  LogPage,
  LogQuery,
  NewLogEntry,
} from '../event-log.ts';
import { type ChainedEntry, LogChain } from '../log-chain.ts';
import { countedFrom, decodeTimeCursor, encodeTimeCursor, pageLimit, timeBound } from '../time-cursor.ts';
import { TimeOrder } from './time-order.ts';

/** Settings of `MemoryEventLog`. */
export interface MemoryEventLogOptions {
  /** Secrets that sign the chains, one to ten, of at least 32 random bytes each. The first one signs, all verify. */
  readonly secrets: readonly (Secret | string)[];
  /** The clock that dates entries. Default: the computer's. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

const OPTIONS = {
  secrets: secretListOption({ min: 1, minBytes: 32 }),
  clock: optional(timeOption),
} satisfies OptionSchemas<MemoryEventLogOptions>;

interface Row {
  readonly atMs: number;
  readonly id: string;
  entry: LogEntry;
}

/** One record's changes; entries are linked one after the other. */
interface Chain {
  readonly rows: Row[];
  readonly known: Map<string, Row>;
  tail: Promise<unknown>;
}

/** An event log in memory, for tests and for getting started: it is lost when the process ends. Returned entries are frozen. */
export class MemoryEventLog implements EventLog {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #hashes: LogChain;
  readonly #order = new TimeOrder<Row>();
  readonly #chains = new Map<string, Chain>();
  #written = 0;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: MemoryEventLogOptions) {
    const { secrets, clock } = checkOptions('MemoryEventLog', options, OPTIONS);
    this.#hashes = new LogChain(secrets);
    this.#clock = clock ?? systemClock;
  }

  async append(entry: NewLogEntry): Promise<LogEntry> {
    const { recordId, occurrence } = entry;
    if (recordId === null || occurrence === null) {
      return this.#add({ ...entry, ...this.#place(), ...NO_LINK }).entry;
    }
    const chain = this.#chainOf(recordId);
    const appended = chain.tail.then(() => this.#link(chain, { ...entry, recordId, occurrence }));
    // After a failed entry, the next one is linked to the last one that was written.
    chain.tail = appended.catch(() => undefined);
    return await appended;
  }

  async list(query: LogQuery): Promise<LogPage> {
    const { limit, cursor, ...filter } = checkedLogQuery(query);
    const wanted = pageLimit(limit);
    const isMatch = entryMatch(filter);
    const entries: LogEntry[] = [];
    let last: Row | undefined;
    for (const row of this.#order.newest(decodeTimeCursor('entries', cursor))) {
      if (!isMatch(row.entry)) continue;
      if (entries.length === wanted) return { entries, ...(last && { cursor: encodeTimeCursor('entries', last) }) };
      entries.push(row.entry);
      last = row;
    }
    return { entries };
  }

  async countByDay(asked: LogFilter): Promise<readonly EventCount[]> {
    const filter = checkedLogFilter(asked);
    const beforeMs = timeBound('before', filter.before);
    const firstMs = countedFrom(timeBound('from', filter.from), beforeMs, this.#clock.now());
    const isMatch = entryMatch(filter);
    const counts = new Map<string, EventCount>();
    for (const { atMs, entry } of this.#order.oldest({ atMs: firstMs, id: '' })) {
      if (beforeMs !== undefined && atMs >= beforeMs) break;
      if (!isMatch(entry)) continue;
      const { event, outcome } = entry;
      const day = entry.at.slice(0, 10);
      const entries = (counts.get(`${day} ${event} ${outcome}`)?.entries ?? 0) + 1;
      counts.set(`${day} ${event} ${outcome}`, { day, event, outcome, entries });
    }
    return [...counts.values()];
  }

  async verify(recordId: string): Promise<BrokenChain | undefined> {
    return await this.#hashes.check(this.storedChain(recordId));
  }

  async erase(userId: string): Promise<number> {
    let erased = 0;
    for (const row of this.#order.oldest()) {
      if (row.entry.userId !== userId) continue;
      row.entry = Object.freeze({ ...row.entry, userId: null, role: null });
      erased += 1;
    }
    return erased;
  }

  /** What `verify` reads; a test that tampers with stored entries overrides it. */
  protected storedChain(recordId: string): readonly LogEntry[] {
    return this.#chains.get(recordId)?.rows.map(({ entry }) => entry) ?? [];
  }

  async #link(chain: Chain, entry: NewLogEntry & { readonly recordId: string }): Promise<LogEntry> {
    const name = `${entry.event} ${entry.occurrence}`;
    const known = chain.known.get(name);
    if (known !== undefined) return known.entry;
    const previous = chain.rows.at(-1)?.entry;
    const linked = await this.#hashes.link(entry, this.#place(), isChained(previous) ? previous : undefined);
    const row = this.#add(linked);
    chain.rows.push(row);
    chain.known.set(name, row);
    return row.entry;
  }

  #chainOf(recordId: string): Chain {
    const chain = this.#chains.get(recordId) ?? { rows: [], known: new Map(), tail: Promise.resolve() };
    this.#chains.set(recordId, chain);
    return chain;
  }

  #place(): { readonly id: string; readonly at: string } {
    this.#written += 1;
    return { id: String(this.#written).padStart(16, '0'), at: toTimestamp(this.#clock.now()) };
  }

  #add(entry: LogEntry): Row {
    const row = { atMs: Date.parse(entry.at), id: entry.id, entry: Object.freeze(entry) };
    this.#order.add(row);
    return row;
  }
}

const NO_LINK = { sequence: null, personalDigest: null, previousHash: null, hash: null };

function isChained(entry: LogEntry | undefined): entry is ChainedEntry {
  return entry !== undefined && entry.sequence !== null && entry.hash !== null;
}

function entryMatch(filter: LogFilter): (entry: LogEntry) => boolean {
  const fromMs = timeBound('from', filter.from) ?? Number.NEGATIVE_INFINITY;
  const beforeMs = timeBound('before', filter.before) ?? Infinity;
  return (entry) =>
    (filter.recordId === undefined || filter.recordId === entry.recordId) &&
    (filter.contextId === undefined || filter.contextId === entry.contextId) &&
    (filter.userId === undefined || filter.userId === entry.userId) &&
    (filter.events === undefined || filter.events.includes(entry.event)) &&
    (filter.outcome === undefined || filter.outcome === entry.outcome) &&
    Date.parse(entry.at) >= fromMs &&
    Date.parse(entry.at) < beforeMs;
}
