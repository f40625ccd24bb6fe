import { inspect } from 'node:util';
import { isVideoStorageError, QuotaExceededError } from '@videostorage/core';
import { newUpload } from '@videostorage/service/testing';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ConnectionFaults, faultyDialect } from '../test-support/faulty-dialect.ts';
import { testSecret } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlEventLog } from './sql-event-log.ts';
import type { SqlStoreOptions } from './sql-store-options.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const deadlock = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });
const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const change = {
  ...({ event: 'video.ready', outcome: 'ok', occurrence: 1, userId: null } as const),
  ...{ role: null, contextId: null, errorCode: null, elapsedMs: null },
};
const times = (count: number, fault: () => Error) => Array.from({ length: count }, fault);

let database: Kysely<unknown>;
let faults: ConnectionFaults;
let waits: number[];
let records: SqlVideoRecords;

beforeEach(async () => {
  faults = { statements: [], commits: [] };
  waits = [];
  database = new Kysely<unknown>({ dialect: faultyDialect(nodeSqliteDialect({ path: ':memory:' }), faults) });
  await migrateVideoTables(database);
  records = new SqlVideoRecords({
    database,
    random: () => 1,
    clock: {
      sleep: async (delayMs) => {
        waits.push(delayMs);
      },
    },
  });
});

afterEach(() => database.destroy());

describe('a statement', () => {
  test('is tried again after 24 deadlocks, and not after the 25th', async () => {
    faults.statements.push(...times(24, deadlock));
    expect(await records.get('none')).toBeUndefined();
    faults.statements.push(...times(25, deadlock));
    await expect(records.get('none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(faults.statements).toEqual([]);
  });

  test('is tried again after 3 lost connections, and not after the 4th', async () => {
    faults.statements.push(...times(3, reset));
    expect(await records.get('none')).toBeUndefined();
    faults.statements.push(...times(4, reset));
    await expect(records.get('none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(faults.statements).toEqual([]);
  });

  test('waits in between for a random time, whose maximum doubles each time up to a limit', async () => {
    faults.statements.push(...times(9, deadlock));
    await records.get('none');
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 400, 400, 400]);
    waits.length = 0;
    faults.statements.push(...times(3, reset));
    await records.get('none');
    expect(waits).toEqual([100, 200, 400]);
    const lucky = new SqlVideoRecords({
      database,
      random: () => 0,
      clock: { sleep: async (delayMs) => void waits.push(delayMs) },
    });
    waits.length = 0;
    faults.statements.push(deadlock());
    await lucky.get('none');
    expect(waits).toEqual([0]);
  });

  test('waits for a time from the `random` method of the options', async () => {
    class Settings {
      readonly #share = 0.5;
      readonly database = database;
      readonly clock = { sleep: async (delayMs: number) => void waits.push(delayMs) };
      random(): number {
        return this.#share;
      }
    }
    faults.statements.push(deadlock());
    await new SqlVideoRecords(new Settings()).get('none');
    class LogSettings extends Settings {
      readonly secrets = [testSecret];
    }
    faults.statements.push(deadlock());
    await new SqlEventLog(new LogSettings()).list({ limit: 1 });
    expect(waits).toEqual([5, 5]);
  });

  test('is not tried again after a permanent error', async () => {
    faults.statements.push(Object.assign(new Error('permission denied'), { code: '42501' }));
    await expect(records.get('none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(waits).toEqual([]);
  });
});

describe('a database that does not answer', () => {
  const never = () => new Promise<never>(() => {});
  const unanswered = (ms: number) => ({
    ...{ code: 'STORE_UNAVAILABLE', retryable: true },
    cause: { message: `The database did not answer within ${ms} ms.` },
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ['a statement', () => records.get('none')],
    ['a transaction', () => records.insert(newUpload(), [])],
  ])('is unavailable after 30 seconds, and not before: %s', async (_name, work) => {
    faults.statements.push(never());
    let ended = false;
    const refused = expect(work().finally(() => (ended = true))).rejects.toMatchObject(unanswered(30_000));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  test.each([
    ['records', (options: SqlStoreOptions) => new SqlVideoRecords(options).get('none')],
    ['log', (options: SqlStoreOptions) => new SqlEventLog({ ...options, secrets: [testSecret] }).list({ limit: 1 })],
  ])(
    'is abandoned after the `timeoutMs` of the %s, attempts and waits together, and gets no further statement',
    async (_name, ask) => {
      const late = new Promise((resolve) => setTimeout(() => resolve(deadlock()), 40));
      faults.statements.push(late, ...times(9, deadlock));
      const refused = expect(ask({ database, random: () => 1, timeoutMs: 50 })).rejects.toMatchObject(unanswered(50));
      await vi.advanceTimersByTimeAsync(49);
      expect(faults.statements).toHaveLength(9);
      await vi.advanceTimersByTimeAsync(1);
      await refused;
      await vi.advanceTimersByTimeAsync(1000);
      expect(faults.statements).toHaveLength(9);
    },
  );

  /** Answers the statement at that index once all waiting calls have failed. */
  async function answeredLate(statement: number, ...works: (() => Promise<unknown>)[]): Promise<void> {
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    faults.statements.push(...Array.from({ length: statement - 1 }, () => undefined), late);
    const refused = works.map((work) => expect(work()).rejects.toMatchObject(unanswered(30_000)));
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(refused);
    answer();
    // The pool has one connection, which the abandoned call keeps until it has ended.
    await database.connection().execute(async () => {});
  }

  test.each([1, 2])(
    'has written nothing of a transaction whose statement %d was answered too late',
    async (statement) => {
      const upload = newUpload();
      await answeredLate(statement, () => records.insert(upload, []));
      expect(await records.get(upload.id)).toBeUndefined();
      expect(await records.usage('global', '')).toMatchObject({ pending: 0, bytes: 0 });
      expect(await records.insert(upload, [])).toMatchObject({ id: upload.id, version: 1 });
    },
  );

  test('gets no further statement of an abandoned transaction', async () => {
    const upload = newUpload();
    await answeredLate(1, () => {
      const inserting = records.insert(upload, []);
      faults.statements.push(new Error('sent'));
      return inserting;
    });
    expect(faults.statements).toEqual([new Error('sent')]);
  });

  test('gets no statement that still waited for a connection when it was abandoned', async () => {
    const log = new SqlEventLog({ database, secrets: [testSecret] });
    const upload = newUpload();
    await answeredLate(
      1,
      () => records.get('none'),
      () => log.append({ ...change, recordId: null, occurrence: null }),
      () => records.insert(upload, []),
    );
    expect((await log.list({ limit: 10 })).entries).toEqual([]);
    expect(await records.get(upload.id)).toBeUndefined();
  });

  test.each([1, 2, 3])('has written no history entry after statement %d was abandoned', async (statement) => {
    const log = new SqlEventLog({ database, secrets: [testSecret] });
    const line = { ...change, recordId: 'record-1' };
    await answeredLate(statement, () => log.append(line));
    expect((await log.list({ limit: 10 })).entries).toEqual([]);
    expect(await log.append(line)).toMatchObject({ sequence: 1 });
  });

  test('leaves no timer of a wait in which the call was abandoned', async () => {
    const impatient = new SqlVideoRecords({ database, random: () => 1, timeoutMs: 50 });
    faults.statements.push(reset());
    const refused = expect(impatient.get('none')).rejects.toMatchObject(unanswered(50));
    await vi.advanceTimersByTimeAsync(50);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('begins no transaction after the call was abandoned, although the clock has not ended the wait', async () => {
    const sound = nodeSqliteDialect({ path: ':memory:' });
    const driver = sound.createDriver();
    const begun = vi.spyOn(driver, 'beginTransaction');
    vi.spyOn(sound, 'createDriver').mockReturnValue(driver);
    const own = new Kysely<unknown>({ dialect: faultyDialect(sound, faults) });
    const clock = { sleep: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)) };
    const impatient = new SqlVideoRecords({ database: own, clock, random: () => 1, timeoutMs: 50 });
    faults.statements.push(reset());
    const refused = expect(impatient.insert(newUpload(), [])).rejects.toMatchObject(unanswered(50));
    await vi.advanceTimersByTimeAsync(100);
    await refused;
    expect(begun).toHaveBeenCalledTimes(1);
    await own.destroy();
  });

  test('leaves no timer behind once it has answered', async () => {
    await records.get('none');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a change whose sequence number is always taken fails after 100 attempts, and not after 99', async () => {
  const log = new SqlEventLog({ database, secrets: [testSecret] });
  const line = { ...change, recordId: 'record-1' };
  const duplicate = () => Object.assign(new Error('duplicate key'), { code: '23505' });
  faults.statements.push(...times(100, duplicate));
  await expect(log.append(line)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    cause: { message: 'Other processes were faster to extend the chain 100 times.' },
  });
  expect(faults.statements).toEqual([]);
  faults.statements.push(...times(99, duplicate));
  expect(await log.append(line)).toMatchObject({ sequence: 1 });
});

describe('the remaining error', () => {
  test('contains no password, no statement and no value, also when it is inspected', async () => {
    const fault = Object.assign(new Error('password authentication failed, password=hunter2'), {
      code: '28P01',
      sql: "select 'secret-reference'",
      config: { password: 'hunter2' },
    });
    faults.statements.push(fault);
    const error: unknown = await records.get('none').catch((reason: unknown) => reason);
    expect(isVideoStorageError(error)).toBe(true);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/hunter2|secret-reference/);
    expect(inspect(error)).toContain('password authentication failed');
    expect(JSON.stringify(error)).not.toMatch(/authentication|28P01/);
  });

  test('explains the fix when the tables are missing', async () => {
    const empty = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
    const error: unknown = await new SqlVideoRecords({ database: empty })
      .get('none')
      .catch((reason: unknown) => reason);
    expect(inspect(error)).toContain('Run migrateVideoTables(database)');
    await empty.destroy();
  });

  test('for an unreadable row names the column and not its content', async () => {
    const { id } = await records.insert(newUpload({ custom: { note: 'canary' } }), []);
    await database
      .withTables<{ videostorage_videos: { id: string; custom: string } }>()
      .updateTable('videostorage_videos')
      .set({ custom: '{"note":"canary"' })
      .execute();
    const error: unknown = await records.get(id).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(inspect(error)).toContain('custom');
    expect(inspect(error)).not.toContain('canary');
  });
});

describe('a transaction whose answer was lost after its commit', () => {
  test('has inserted the record once', async () => {
    faults.commits.push(reset());
    const upload = newUpload();
    const record = await records.insert(upload, [{ scope: 'user', maxPending: 1 }]);
    expect(record).toEqual(await records.get(upload.id));
    expect(await records.usage('user', 'ann')).toMatchObject({ pending: 1, bytes: 1000 });
  });

  test.each([
    ['a key', Object.assign(new Error('duplicate key'), { code: '23505' })],
    ['a quota', new QuotaExceededError('user')],
  ])(
    'has inserted the record, although the next attempt notices it only by %s that refuses the insert',
    async (_, refusal) => {
      faults.commits.push(reset());
      // The first attempt has two statements; the commit is still under way when the next one begins.
      faults.statements.push(undefined, undefined, refusal);
      const upload = newUpload();
      expect(await records.insert(upload, [])).toEqual(await records.get(upload.id));
      expect(await records.usage('user', 'ann')).toMatchObject({ pending: 1, bytes: 1000 });
    },
  );

  test('has changed the record, and returns it', async () => {
    const { id } = await records.insert(newUpload(), []);
    faults.commits.push(reset());
    const changed = await records.update(id, 1, { status: 'ready' });
    expect(changed).toMatchObject({ version: 2, status: 'ready' });
    expect(await records.get(id)).toEqual(changed);
    expect(await records.usage('user', 'ann')).toMatchObject({ pending: 0, videos: 1 });
  });

  test('has changed the record, and returns it, although another process has scheduled it meanwhile', async () => {
    const { id } = await records.insert(newUpload(), []);
    const beforeTheRetry = vi.fn(() => records.schedule(id, 2, { dueInSeconds: 5 }));
    const own = new SqlVideoRecords({ database, clock: { sleep: async () => void (await beforeTheRetry()) } });
    faults.commits.push(reset());
    expect(await own.update(id, 1, { status: 'ready' })).toMatchObject({ version: 2, status: 'ready' });
    expect(await beforeTheRetry.mock.results[0]?.value).toBe(true);
  });

  test('has discarded the record, and returns true', async () => {
    const { id } = await records.insert(newUpload(), []);
    faults.commits.push(reset());
    expect(await records.discard(id, 1)).toBe(true);
    expect(await records.usage('user', 'ann')).toMatchObject({ pending: 0 });
  });

  test('and whose repetition met a deadlock, is recognised at the next attempt', async () => {
    const { id } = await records.insert(newUpload(), []);
    const sleep = vi.fn(async () => {});
    sleep.mockImplementationOnce(async () => void faults.statements.push(deadlock()));
    const own = new SqlVideoRecords({ database, clock: { sleep } });
    faults.commits.push(reset());
    expect(await own.update(id, 1, { status: 'ready' })).toMatchObject({ version: 2, status: 'ready' });
    expect(sleep).toHaveBeenCalledTimes(2);
  });

  test('is not assumed after a deadlock: a missing record was not discarded', async () => {
    faults.statements.push(deadlock());
    expect(await records.discard('none', 1)).toBe(false);
    expect(waits).toHaveLength(1);
  });

  test('is not assumed after a lost connection: a record that another process has discarded was not changed', async () => {
    const { id } = await records.insert(newUpload(), []);
    const own = new SqlVideoRecords({ database, clock: { sleep: async () => void (await records.discard(id, 1)) } });
    faults.statements.push(reset());
    expect(await own.update(id, 1, { fileName: 'mine.mp4' })).toBeUndefined();
    expect(await records.get(id)).toBeUndefined();
  });

  test('is not confused with a change of another process', async () => {
    const { id } = await records.insert(newUpload(), []);
    await records.update(id, 1, { fileName: 'other.mp4' });
    faults.statements.push(reset());
    expect(await records.update(id, 1, { fileName: 'mine.mp4' })).toBeUndefined();
    expect(await records.insert({ ...newUpload(), id }, []).catch(codeOf)).toBe('CONFLICT');
  });
});

function codeOf(error: unknown): unknown {
  return Reflect.get(Object(error), 'code');
}
