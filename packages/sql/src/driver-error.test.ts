import { describe, expect, test } from 'vitest';
import { type DriverErrorKind, driverErrorKind, driverErrorText } from './driver-error.ts';

const errors: readonly (readonly [string, DriverErrorKind, object])[] = [
  ['pg: serialisation failure', 'contention', { code: '40001' }],
  ['pg: deadlock', 'contention', { code: '40P01' }],
  ['pg: lock not available', 'contention', { code: '55P03' }],
  ['pg: killed by an administrator', 'connection', { code: '57P01' }],
  ['pg: starting up', 'connection', { code: '57P03' }],
  ['pg: idle in a transaction for too long', 'connection', { code: '25P03' }],
  ['pg: idle for too long', 'connection', { code: '57P05' }],
  ['pg: too many connections', 'connection', { code: '53300' }],
  ['pg: connection failure', 'connection', { code: '08006' }],
  ['longer than an SQLSTATE of that class', 'other', { code: '080061' }],
  ['an SQLSTATE of another class', 'other', { code: 'X08006' }],
  ['pg: unique violation', 'duplicate', { code: '23505' }],
  ['pg: no such table', 'tables', { code: '42P01' }],
  ['pg: no such column', 'tables', { code: '42703' }],
  ['pg: wrong password', 'other', { code: '28P01' }],
  ['pg: ended without a code', 'connection', { message: 'Connection terminated unexpectedly' }],
  ['pg: pool is full', 'connection', { message: 'timeout exceeded when trying to connect' }],
  ['postgres.js: closed', 'connection', { code: 'CONNECTION_CLOSED' }],
  ['postgres.js: cannot connect', 'connection', { code: 'CONNECT_TIMEOUT' }],
  ['mysql: queue of the pool is full', 'connection', { message: 'Queue limit reached.' }],
  ['mysql: pool is full', 'connection', { message: 'No connections available.' }],
  ['mysql: a value that says so', 'other', { message: 'Data too long: no connections available' }],
  ['mysql: changed on another node of the group', 'contention', { errno: 3101 }],
  ['mariadb: node of a cluster that is not ready', 'connection', { errno: 1047 }],
  ['mysql: lock wait timeout', 'contention', { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 }],
  ['mysql: deadlock', 'contention', { code: 'ER_LOCK_DEADLOCK', errno: 1213 }],
  ['mariadb: record changed', 'contention', { code: 'ER_CHECKREAD', errno: 1020 }],
  ['mysql: lost', 'connection', { code: 'PROTOCOL_CONNECTION_LOST' }],
  ['mariadb: killed', 'connection', { code: 'ER_CONNECTION_KILLED', errno: 1927 }],
  ['mysql: unique violation', 'duplicate', { code: 'ER_DUP_ENTRY', errno: 1062 }],
  ['mysql: no such table', 'tables', { code: 'ER_NO_SUCH_TABLE', errno: 1146 }],
  ['mysql: no such column', 'tables', { code: 'ER_BAD_FIELD_ERROR', errno: 1054 }],
  ['mysql: wrong password', 'other', { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }],
  ['node:sqlite: busy', 'contention', { code: 'ERR_SQLITE_ERROR', errcode: 5 }],
  ['node:sqlite: busy snapshot', 'contention', { code: 'ERR_SQLITE_ERROR', errcode: 517 }],
  ['node:sqlite: locked', 'contention', { code: 'ERR_SQLITE_ERROR', errcode: 6 }],
  ['node:sqlite: unique', 'duplicate', { code: 'ERR_SQLITE_ERROR', errcode: 2067 }],
  ['node:sqlite: primary key', 'duplicate', { code: 'ERR_SQLITE_ERROR', errcode: 1555 }],
  ['node:sqlite: not null', 'other', { code: 'ERR_SQLITE_ERROR', errcode: 1299 }],
  ['node:sqlite: no such table', 'tables', { code: 'ERR_SQLITE_ERROR', errcode: 1, message: 'no such table: x' }],
  ['better-sqlite3: busy', 'contention', { code: 'SQLITE_BUSY_SNAPSHOT' }],
  ['better-sqlite3: unique', 'duplicate', { code: 'SQLITE_CONSTRAINT_UNIQUE' }],
  ['better-sqlite3: not null', 'other', { code: 'SQLITE_CONSTRAINT_NOTNULL' }],
  ['codes that only hold those of better-sqlite3', 'other', { code: 'NOT_SQLITE_BUSY' }],
  ['a code that ends in another way', 'other', { code: 'SQLITE_CONSTRAINT_UNIQUE_X' }],
  ['a code that begins in another way', 'other', { code: 'X_SQLITE_CONSTRAINT_UNIQUE' }],
  ['a value that names a table', 'other', { message: 'not valid: no such table' }],
  ['members of other types', 'other', { code: 40001, errno: '1062', errcode: '5', message: ['no such table'] }],
  ['a refused connection', 'connection', { code: 'ECONNREFUSED' }],
  ['a reset connection', 'connection', { code: 'ECONNRESET' }],
  ['a host that is not found', 'connection', { code: 'ENOTFOUND' }],
  ['a full disk', 'other', { code: 'ENOSPC' }],
];

test.each(errors)('%s is of the kind %s', (_name, kind, error) => {
  expect(driverErrorKind(Object.assign(new Error('message'), error))).toBe(kind);
});

test.each([undefined, null, 'text', 7, {}])('%s is of the kind other', (value) => {
  expect(driverErrorKind(value)).toBe('other');
});

describe('the message for people', () => {
  test('names the code, and masks what looks like a credential', () => {
    const text = driverErrorText(
      Object.assign(new Error('cannot connect to postgres://videos:hunter2@db:5432 password=hunter3\nstack'), {
        code: '08001',
      }),
    );
    expect(text).toContain('(08001)');
    expect(text).toContain('cannot connect');
    expect(text).not.toMatch(/hunter|stack/);
  });

  test.each([
    [{ errcode: 5 }, 'message (5)'],
    [{ errno: 1205, errcode: 5 }, 'message (1205)'],
    [{}, 'message (no code)'],
    [{ code: 7, message: 7 }, ' (no code)'],
  ])('of %j is "%s"', (members, text) => {
    expect(driverErrorText(Object.assign(new Error('message'), members))).toBe(text);
  });

  test('does not repeat the values of keys that collide', () => {
    const error = Object.assign(new Error("Duplicate entry 'ann-key-1' for key 'x'"), { errno: 1062 });
    expect(driverErrorText(error)).toBe('A key is not unique. (1062)');
  });

  test.each([
    [1064, "You have an error near 'canary', 'x'", 'You have an error near (1064)'],
    [1366, "Incorrect string value: '\\xF0canary' for column", 'Incorrect string value: (1366)'],
    [1292, "Truncated incorrect DOUBLE value: 'canary'", 'Truncated incorrect DOUBLE value: (1292)'],
    [1146, "Table 'a.videostorage_videos' doesn't exist", "Table 'a.videostorage_videos' doesn't exist (1146)"],
    [1300, "Invalid utf8mb4 character string: 'F0canary'", 'Invalid utf8mb4 character string: (1300)'],
    [1411, "Incorrect datetime value: 'canary' for function", 'Incorrect datetime value: (1411)'],
    [1525, "Incorrect DATETIME value: 'canary'", 'Incorrect DATETIME value: (1525)'],
  ])('repeats no value that MySQL quotes with error %d', (errno, message, text) => {
    expect(driverErrorText(Object.assign(new Error(message), { errno }))).toBe(text);
  });

  test('repeats no value that PostgreSQL quotes', () => {
    const invalid = (code: string) =>
      driverErrorText(Object.assign(new Error('invalid input syntax for type bigint: "canary"'), { code }));
    for (const code of ['22P02', '22008', '22003']) {
      expect(invalid(code)).toBe(`invalid input syntax for type bigint: (${code})`);
    }
    const straight = ['"canary"', "'canary'", '`canary`', '´canary´', '＂canary＂', '＇canary＇'];
    const curved = ['“canary”', '‘canary’', '„canary“', '‚canary‘', '”canary”', '’canary’', '‟canary”', '‛canary’'];
    const angled = ['»canary«', '« canary »', '›canary‹', '‹canary›', '《canary》', '〈canary〉'];
    const cornered = ['「canary」', '『canary』', '｢canary｣', '﹁canary﹂', '〝canary〟', '〞canary〟', '⹂canary”'];
    for (const quotation of [...straight, ...curved, ...angled, ...cornered]) {
      const error = Object.assign(new Error(`ungültige Syntax: ${quotation}`), { code: '22P02' });
      expect(driverErrorText(error)).toBe('ungültige Syntax: (22P02)');
    }
    const unknown = Object.assign(new Error('relation "videostorage_videos" does not exist'), { code: '42P01' });
    expect(driverErrorText(unknown)).toBe('relation "videostorage_videos" does not exist (42P01)');
  });

  test('has a maximum length', () => {
    expect(driverErrorText(new Error('x'.repeat(10_000))).length).toBeLessThan(400);
  });
});
