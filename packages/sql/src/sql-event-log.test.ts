import { encodeTimeCursor, type NewLogEntry } from '@videostorage/service';
import { type DatabaseConnection, type Dialect, DummyDriver, Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { AskedStatements } from '../test-support/asked-statements.ts';
import { logSubject, testSecret } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlEventLog } from './sql-event-log.ts';

test.each(['', 'y', '1', '1 or 1=1', '9'.repeat(17)])('a cursor with the id %j is not from this log', async (id) => {
  const { log, dispose } = logSubject(await sqliteDatabase());
  const cursor = encodeTimeCursor('entries', { atMs: 1, id });
  await expect(log.list({ limit: 1, cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  const own = encodeTimeCursor('entries', { atMs: 1, id: '9'.repeat(15).padStart(16, '0') });
  expect(await log.list({ limit: 1, cursor: own })).toEqual({ entries: [] });
  await dispose();
});

test.each(['from', 'before'])('the filter `%s` names itself when it is not a time', async (name) => {
  const { log, dispose } = logSubject(await sqliteDatabase());
  const message = expect.stringContaining(`The filter ${name} must be a time`);
  const refusal = { code: 'VALIDATION_FAILED', message };
  await expect(log.list({ limit: 1, [name]: 'yesterday' })).rejects.toMatchObject(refusal);
  await expect(log.countByDay({ [name]: 'yesterday' })).rejects.toMatchObject(refusal);
  await dispose();
});

test.each([[undefined], [['playback.issued', 'playback.denied']] as const])(
  'entries of one time are in the order in which they were written, and none is lost or repeated between pages: %j',
  async (events) => {
    const database = await sqliteDatabase();
    const { log, dispose } = logSubject(database);
    const access: Omit<NewLogEntry, 'event'> = {
      ...{ recordId: 'record-1', occurrence: null, outcome: 'ok', userId: 'ann', role: null, contextId: null },
      ...{ errorCode: null, elapsedMs: null },
    };
    for (let elapsedMs = 0; elapsedMs < 7; elapsedMs += 1) {
      await log.append({ ...access, event: elapsedMs % 2 === 0 ? 'playback.issued' : 'playback.denied', elapsedMs });
    }
    await sql`update videostorage_events set at = 1700000000000`.execute(database.first);
    const found: (number | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list({ events, limit: 2, cursor });
      found.push(...page.entries.map(({ elapsedMs }) => elapsedMs));
      cursor = page.cursor;
    } while (cursor !== undefined && found.length < 20);
    expect(found).toEqual([6, 5, 4, 3, 2, 1, 0]);
    await dispose();
  },
);

/** Answers every statement with one row, and with its id as that of an insert. */
class AnsweringDriver extends DummyDriver {
  readonly #row: { readonly id: number };

  constructor(row: { readonly id: number }) {
    super();
    this.#row = row;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    const answer: object = { rows: [this.#row], insertId: BigInt(this.#row.id) };
    return Object.assign(connection, { executeQuery: async () => answer });
  }
}

const pool = async () => {
  throw new Error('must not connect');
};
const returning = { text: expect.stringMatching(/^insert into .* returning \*$/) };
const inserting = { text: expect.stringMatching(/^insert into (?!.* returning)/) };
const readingById = { text: 'select * from `videostorage_events` where `id` = ?', parameters: [7] };
test.each<[string, Dialect, readonly object[]]>([
  ['PostgreSQL', new PostgresDialect({ pool }), [returning]],
  ['SQLite', nodeSqliteDialect({ path: ':memory:' }), [returning]],
  ['MySQL', new MysqlDialect({ pool }), [inserting, readingById]],
])(
  'an entry is the row that its insert returns, or in MySQL, which has no RETURNING, the row with its id: %s',
  async (_, sound, statements) => {
    const entry = {
      ...({ recordId: 'record-1', occurrence: null, event: 'playback.issued', outcome: 'ok', userId: 'ann' } as const),
      ...{ role: null, contextId: null, errorCode: null, elapsedMs: null },
    };
    const row = {
      ...{ id: 7, at: 1_700_000_000_000, event: 'playback.issued', outcome: 'ok', record_id: 'record-1' },
      ...{ sequence: null, occurrence: null, user_id: 'ann', role: null, context_id: null, error_code: null },
      ...{ elapsed_ms: null, personal_digest: null, previous_hash: null, hash: null },
    };
    const asked = new AskedStatements();
    const dialect: Dialect = {
      createAdapter: () => sound.createAdapter(),
      createDriver: () => new AnsweringDriver(row),
      createIntrospector: (database) => sound.createIntrospector(database),
      createQueryCompiler: () => sound.createQueryCompiler(),
    };
    const log = new SqlEventLog({ database: new Kysely<unknown>({ dialect, log: asked.log }), secrets: [testSecret] });
    expect(await log.append(entry)).toMatchObject({ ...entry, id: '0000000000000007', at: '2023-11-14T22:13:20.000Z' });
    expect(asked.all).toMatchObject(statements);
    expect(asked.all).toHaveLength(statements.length);
  },
);
