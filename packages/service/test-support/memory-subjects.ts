import { ManualClock } from '@videostorage/testing';
import type { LogEntry } from '../src/event-log.ts';
import { MemoryEventLog } from '../src/memory/memory-event-log.ts';
import { MemoryVideoRecords } from '../src/memory/memory-video-records.ts';
import type { EventLogSubject, Tampering } from '../src/testing/event-log-subject.ts';
import type { VideoRecordsSubject } from '../src/testing/video-records-subject.ts';

/** The clock starts far from midnight, so that a few seconds do not change the day. */
const noon = Date.parse('2026-11-23T12:00:00.000Z');

/** Records in memory with a clock that the test moves. */
export async function memoryRecordsSubject(): Promise<VideoRecordsSubject> {
  const clock = new ManualClock({ nowMs: noon });
  const records = new MemoryVideoRecords({ clock });
  return {
    records,
    other: records,
    advance: async (seconds) => clock.advance(seconds * 1000),
    dispose: async () => undefined,
  };
}

/** A log in memory whose stored chains can be tampered with. */
export async function memoryLogSubject(): Promise<EventLogSubject> {
  const clock = new ManualClock({ nowMs: noon });
  const log = new TamperedEventLog({ secrets: ['0123456789abcdef0123456789abcdef'.toUpperCase()], clock });
  return {
    log,
    other: log,
    tamper: async (recordId, sequence, tampering) => log.tamper(recordId, sequence, tampering),
    advance: async (seconds) => clock.advance(seconds * 1000),
    dispose: async () => undefined,
  };
}

class TamperedEventLog extends MemoryEventLog {
  readonly #tampered = new Map<string, Tampering>();

  tamper(recordId: string, sequence: number, tampering: Tampering): void {
    this.#tampered.set(`${recordId} ${sequence}`, tampering);
  }

  protected override storedChain(recordId: string): readonly LogEntry[] {
    return super.storedChain(recordId).flatMap((entry) => {
      const tampering = this.#tampered.get(`${recordId} ${entry.sequence}`);
      return tampering === 'remove' ? [] : [{ ...entry, ...tampering }];
    });
  }
}
