import {
  DummyDriver,
  Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  MysqlDialect,
  PostgresDialect,
} from 'kysely';
import { expect, test } from 'vitest';
import { testSecret } from '../test-support/sql-subjects.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlEventLog } from './sql-event-log.ts';
import { sqlFamily } from './sql-family.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const neverConnects = async () => {
  throw new Error('must not connect');
};

test('the family is recognised by the SQL that a dialect writes, without a connection', () => {
  const families = [
    new PostgresDialect({ pool: neverConnects }),
    new MysqlDialect({ pool: neverConnects }),
    nodeSqliteDialect({ path: ':memory:' }),
  ].map((dialect) => sqlFamily(new Kysely<unknown>({ dialect })));
  expect(families).toEqual(['postgres', 'mysql', 'sqlite']);
});

test('another SQL is refused, with the names of those that are supported', () => {
  const dialect = {
    createAdapter: () => new MssqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database: Kysely<unknown>) => new MssqlIntrospector(database),
    createQueryCompiler: () => new MssqlQueryCompiler(),
  };
  const database = new Kysely<unknown>({ dialect });
  expect(() => new SqlVideoRecords({ database })).toThrow('postgres, mysql, sqlite');
  expect(() => new SqlEventLog({ database, secrets: [testSecret] })).toThrow('postgres, mysql, sqlite');
});

test('another SQL is accepted when `dialect` says which one it understands, by the records and by the log', () => {
  const dialect = nodeSqliteDialect({ path: ':memory:' });
  const createQueryCompiler = () => new MssqlQueryCompiler();
  const database = new Kysely<unknown>({ dialect: Object.assign(dialect, { createQueryCompiler }) });
  const store = { database, dialect: 'sqlite' } as const;
  expect(() => new SqlVideoRecords(store)).not.toThrow();
  expect(() => new SqlEventLog({ ...store, secrets: [testSecret] })).not.toThrow();
});

test('the tables are looked for in the schema of the options, by the records and by the log', async () => {
  const asked: string[] = [];
  const log = ({ query }: { readonly query: { readonly sql: string } }) => void asked.push(query.sql);
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), log });
  const store = { database, schema: 'videos' };
  await expect(new SqlVideoRecords(store).get('none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const events = new SqlEventLog({ ...store, secrets: [testSecret] });
  await expect(events.list({ limit: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(asked).toEqual([
    expect.stringContaining('from "videos"."videostorage_videos"'),
    expect.stringContaining('from "videos"."videostorage_events"'),
  ]);
  await database.destroy();
});

test('options are strict, and each problem is reported', () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  const refused = (options: object) => expect(() => Reflect.construct(SqlVideoRecords, [options]));
  refused({}).toThrow('`database` must be a Kysely');
  refused({}).toThrow('SqlVideoRecords');
  expect(() => Reflect.construct(SqlEventLog, [{}])).toThrow('SqlEventLog');
  refused({ database, dialect: 'oracle' }).toThrow('`dialect` must be one of postgres, mysql, sqlite');
  refused({ database, schema: '' }).toThrow('`schema`');
  refused({ database, clock: {} }).toThrow('`clock`');
  refused({ database, random: 0.5 }).toThrow('`random`');
  for (const timeoutMs of [0, 1.5, 2 ** 31, '5'])
    refused({ database, timeoutMs }).toThrow('`timeoutMs` must be a whole number of milliseconds from 1 to 2147483647');
  refused({ database, shema: 'x' }).toThrow('do you mean `schema`?');
  expect(() => new SqlEventLog({ database, secrets: [] })).toThrow('`secrets`');
  expect(() => new SqlEventLog({ database, secrets: ['short'] })).toThrow('at least 32 bytes');
  expect(() => new SqlEventLog({ database, secrets: [testSecret] })).not.toThrow();
});

test('a Kysely of the host app, with its own tables and plugins, is accepted', () => {
  interface Host {
    readonly users: { readonly id: number };
  }
  const database = new Kysely<Host>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  expect(() => new SqlVideoRecords({ database })).not.toThrow();
});
