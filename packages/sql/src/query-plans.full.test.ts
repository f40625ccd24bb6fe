import { type Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { type AskedStatement, AskedStatements, askEverything, withValues } from '../test-support/asked-statements.ts';
import { fillTables } from '../test-support/fill-tables.ts';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';

/** With fewer rows, a planner may read the whole table because that is quicker. */
const ROWS = 20_000;

/** A value that one row in a hundred has. */
const NARROW =
  /\b(?:user_id|context_id|tenant_id|record_id)\W{1,9}(?:text )?= |\b(?:status|outcome|event)\W{1,9}(?:text )?= '(?:failed|denied|video\.deleted)'/;

/** A page ends with its limit, or with the rows of the places that it has found. */
const PAGE = / limit \d+(\) as .place. .*)?$/;

/** What an execution plan shows. */
interface Plan {
  /** A line for each table. */
  readonly reads: readonly string[];
  /** Whether it sorts the rows that it has read. */
  readonly sorts: boolean;
  /** Whether it reads rows in the order of the page and filters them by a rare value. */
  readonly passesOver: boolean;
}

const servers = [
  {
    name: 'PostgreSQL',
    url: process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '',
    family: 'postgres',
    open: postgresDatabase,
    planOf: async (database: Kysely<unknown>, text: string): Promise<Plan> => {
      const { rows } = await sql<{ 'QUERY PLAN': string }>`${sql.raw(`explain ${text}`)}`.execute(database);
      const lines = rows.map((row) => row['QUERY PLAN']);
      return {
        reads: lines.filter((line) => /\bScan\b/.test(line)),
        // Not the beginnings of ranges, which have limits of their own.
        sorts: lines.some((line, index) => /\bSort +\(/.test(line) && !/\bAppend +\(/.test(lines[index + 2] ?? '')),
        passesOver: lines.some((line) => line.includes('Filter: ') && NARROW.test(line)),
      };
    },
    readsAll: /\bSeq Scan\b/,
  },
  {
    name: 'MariaDB',
    url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '',
    family: 'mysql',
    open: mysqlDatabase,
    planOf: async (database: Kysely<unknown>, text: string): Promise<Plan> => {
      const explained = sql<Record<'table' | 'type' | 'key' | 'Extra', string | null>>`${sql.raw(`explain ${text}`)}`;
      const { rows } = await explained.execute(database);
      const ofTables = rows.filter(({ table }) => table?.startsWith('videostorage_'));
      return {
        reads: ofTables.map(({ table, type, key }) => `${table} by ${type} ${key}`),
        sorts: ofTables.some(({ Extra }) => /filesort|temporary/.test(Extra ?? '')),
        passesOver: NARROW.test(text) && ofTables.some(({ type }) => type === 'index'),
      };
    },
    readsAll: / by ALL | null$/,
  },
] as const;

const isExplained = ({ text }: AskedStatement) => !text.startsWith('insert');

describe.each(servers)('on $name, with many rows', ({ url, family, open, planOf, readsAll }) => {
  test.skipIf(url === '')(
    'every statement uses an index, and none sorts a page, or reads rows that its filter excludes',
    async () => {
      const asked = new AskedStatements();
      const { first, second, dispose } = await open(url, asked.log);
      await fillTables(first, family, ROWS);
      asked.clear();
      await askEverything(first);
      const plans = await Promise.all(
        asked.all.filter(isExplained).map(async (statement) => {
          const text = withValues(statement);
          return { text, ...(await planOf(second, text)) };
        }),
      );
      await dispose();
      expect(plans.filter(({ reads }) => reads.length > 0).length).toBeGreaterThan(60);
      expect(plans.filter(({ reads }) => reads.some((read) => readsAll.test(read)))).toEqual([]);
      // Sums are grouped, and a chain, which is short, has no limit.
      // Where fewer rows than a page may examine are left, sorting them is quicker than reading them in their order.
      const pages = plans.filter(({ text }) => PAGE.test(text) && !text.includes('group by'));
      expect(pages.length).toBeGreaterThan(30);
      expect(pages.filter(({ sorts }) => sorts)).toEqual([]);
      expect(pages.filter(({ text }) => NARROW.test(text)).length).toBeGreaterThan(20);
      expect(pages.filter(({ passesOver }) => passesOver)).toEqual([]);
    },
    120_000,
  );
});
