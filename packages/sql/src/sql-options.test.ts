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
});

test('options are strict, and each problem is reported', () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  const refused = (options: object) => expect(() => Reflect.construct(SqlVideoRecords, [options]));
  refused({}).toThrow('`database` must be a Kysely');
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
