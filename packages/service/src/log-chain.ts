import { HmacSigner, type Secret } from '@videostorage/core';
import type { BrokenChain, LogEntry, NewLogEntry } from './event-log.ts';

/** A log entry that is linked into the chain of its record, so that none of the chain's fields is null. */
export type ChainedEntry = LogEntry & {
  readonly recordId: string;
  readonly sequence: number;
  readonly personalDigest: string;
  readonly previousHash: string;
  readonly hash: string;
};

/**
 * Computes and checks the hash chain of a record's changes. Each hash is an HMAC-SHA-256 over the entry's fields, with a
 * keyed digest in place of the personal ones. All implementations of `EventLog` use it, so that their chains are the
 * same.
 */
export class LogChain {
  readonly #links: HmacSigner;
  readonly #persons: HmacSigner;

  /** The first secret signs, all verify. @throws {ConfigurationError} there is no secret, or one has fewer than 32 bytes */
  constructor(secrets: readonly Secret[]) {
    this.#links = new HmacSigner(secrets, 'videostorage/event-log/v1');
    this.#persons = new HmacSigner(secrets, 'videostorage/event-log-person/v1');
  }

  /** Returns the entry linked to `previous`, which is undefined for the first entry. */
  async link(
    entry: NewLogEntry & { readonly recordId: string },
    place: { readonly id: string; readonly at: string },
    previous: Pick<ChainedEntry, 'sequence' | 'hash'> | undefined,
  ): Promise<ChainedEntry> {
    const sequence = (previous?.sequence ?? 0) + 1;
    const personalDigest = await this.#persons.sign(personalText({ ...entry, sequence }));
    const linked = { ...entry, ...place, sequence, personalDigest, previousHash: previous?.hash ?? '' };
    return { ...linked, hash: await this.#links.sign(linkText(linked)) };
  }

  /** Finds the first broken link among a record's entries, which must be in the order of their sequence. */
  async check(entries: readonly LogEntry[]): Promise<BrokenChain | undefined> {
    let previousHash = '';
    for (const [index, entry] of entries.entries()) {
      const sequence = index + 1;
      if (entry.sequence !== sequence) return { sequence, reason: 'An entry is missing here.' };
      if (entry.previousHash !== previousHash) return { sequence, reason: 'It does not follow the entry before it.' };
      if (entry.hash === null || !(await this.#links.verify(linkText(entry), entry.hash))) {
        return { sequence, reason: 'Its contents were changed.' };
      }
      const isErased = entry.userId === null && entry.role === null;
      if (!isErased && !(await this.#persons.verify(personalText(entry), entry.personalDigest ?? ''))) {
        return { sequence, reason: 'Its personal fields were changed.' };
      }
      previousHash = entry.hash;
    }
    return undefined;
  }
}

/** Contains record and sequence, so that digests of one person differ from entry to entry. */
function personalText({
  recordId,
  sequence,
  userId,
  role,
}: Pick<LogEntry, 'recordId' | 'sequence' | 'userId' | 'role'>) {
  return JSON.stringify([recordId, sequence, userId, role]);
}

function linkText(entry: Omit<LogEntry, 'hash' | 'id' | 'userId' | 'role'>): string {
  const { recordId, occurrence, sequence, at, event, outcome, contextId, errorCode, elapsedMs } = entry;
  const facts = [recordId, occurrence, sequence, at, event, outcome, contextId, errorCode, elapsedMs];
  return JSON.stringify([...facts, entry.personalDigest, entry.previousHash]);
}
