import { scrub } from '@videostorage/core';

/** What an error of a database driver means for the caller. */
export type DriverErrorKind = 'contention' | 'connection' | 'duplicate' | 'tables' | 'other';

/** SQLSTATEs of PostgreSQL: serialisation, deadlock, lock not available, a statement that a shutdown ended. */
const CONTENTION = new Set(['40001', '40P01', '55P03']);
/** Shutdowns, too many connections, sessions that were idle for too long; class 08 is every failure of the connection. */
const CONNECTION = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '53300']);
/**
 * Numbers of MySQL and MariaDB: lock wait timeout, deadlock, record changed since it was read, also on another node of the
 * group.
 */
const MYSQL_CONTENTION = new Set([1205, 1213, 1020, 3101]);
/** Too many connections, node of a cluster not ready, shutdown, query interrupted, connection killed, aborted, idle for too long. */
const MYSQL_CONNECTION = new Set([1040, 1047, 1053, 1203, 1317, 1927, 3024, 4031]);
/** Syntax errors, and values that are truncated, incorrect or not text: MySQL's messages for these quote values. */
const MYSQL_QUOTING = new Set([1064, 1292, 1300, 1366, 1411, 1525]);
/** Class 22 of SQLSTATEs, wrong values: PostgreSQL's messages for these quote them. */
const POSTGRES_QUOTING = /^22\w{3}$/;
/** The beginning of a quotation, in any language of the server, and the end of the line. */
const QUOTE = /[\p{Quotation_Mark}`´〈《\n]/u;
/** Codes of Node's sockets and of the drivers; those with CONNECT are from postgres.js. */
const LOST =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_\w+|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT)$/;
/** Errors of pg and mysql2 that have no code; pools that are full among them. */
const LOST_IN_WORDS =
  /connection (terminated|ended|is in closed state|has been discarded|error)|can't add new command when connection|timeout exceeded when trying to connect|^queue limit reached|^no connections available/i;

/** Classifies an error by its code, or by its message when the driver has no code. */
export function driverErrorKind(error: unknown): DriverErrorKind {
  const { code, errno, errcode, message } = readError(error);
  if (CONTENTION.has(code) || MYSQL_CONTENTION.has(errno)) return 'contention';
  if (CONNECTION.has(code) || /^08\w{3}$/.test(code) || MYSQL_CONNECTION.has(errno) || LOST.test(code)) {
    return 'connection';
  }
  if (code === '23505' || errno === 1062) return 'duplicate';
  if (code === '42P01' || code === '42703' || errno === 1146 || errno === 1054) return 'tables';
  return sqliteKind(code, errcode, message) ?? (LOST_IN_WORDS.test(message) ? 'connection' : 'other');
}

/** The driver's message for people who run the host app, without credentials, statements and values. */
export function driverErrorText(error: unknown): string {
  const { code, errno, errcode, message } = readError(error);
  const number = code || [errno, errcode].find((each) => each !== 0) || 'no code';
  // A driver quotes the values that collide, and a server the text that it did not understand.
  const isQuoting = MYSQL_QUOTING.has(errno) || POSTGRES_QUOTING.test(code);
  const [line = ''] = message.split(isQuoting ? QUOTE : '\n');
  const words = driverErrorKind(error) === 'duplicate' ? 'A key is not unique.' : line.trimEnd();
  return scrub(`${words.slice(0, 300)} (${number})`);
}

/** The result code of node:sqlite (`errcode`, extended: its lowest byte is the primary code) or of better-sqlite3 (`code`). */
function sqliteKind(code: string, errcode: number, message: string): DriverErrorKind | undefined {
  const primary = errcode & 0xff;
  if (primary === 5 || primary === 6 || /^SQLITE_(BUSY|LOCKED)/.test(code)) return 'contention';
  if (errcode === 2067 || errcode === 1555 || /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(code)) return 'duplicate';
  return /^no such (table|column)/.test(message) ? 'tables' : undefined;
}

function readError(error: unknown) {
  const read = (name: string): unknown => (typeof error === 'object' && error !== null ? Reflect.get(error, name) : '');
  const [code, errno, errcode, message] = ['code', 'errno', 'errcode', 'message'].map(read);
  return {
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : 0,
    errcode: typeof errcode === 'number' ? errcode : 0,
    message: typeof message === 'string' ? message : '',
  };
}
